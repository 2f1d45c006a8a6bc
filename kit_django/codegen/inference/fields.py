"""The fields of a model: each column's type, key, default and the rest, in the table's order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.codegen.inference.choices import choices_for
from kit_django.codegen.inference.conditions import KINDS, Conditions, FieldFacts
from kit_django.codegen.inference.context import Context
from kit_django.codegen.inference.defaults import db_default, raw
from kit_django.codegen.inference.drafts import Draft
from kit_django.codegen.inference.keys import Key, unique_alone
from kit_django.codegen.inference.names import database_name
from kit_django.codegen.inference.relations import Relations
from kit_django.codegen.inference.times import soft_delete_managers, time_keywords
from kit_django.codegen.inference.told import as_it_was_said, was_to_be_indexed
from kit_django.codegen.specs import ChoicesSpec, FieldSpec
from kit_django.schema.constructs import Call, Name, Ref, Value
from kit_django.schema.dialects import dialect_of
from kit_django.schema.dialects.types import MYSQL_TEXTS, SqlType
from kit_django.schema.facts import Check, Column
from kit_django.schema.field_reader import ReadField, leaving_empty_to_the_database, typed_by_kit
from kit_django.schema.sql.defaults import is_nextval

BOOLEANS = ("BooleanField", "TypedBooleanField")  # whose boxes may be left empty anyway
COLLATED = ("CharField", "TextField", "DatabaseTypeField")


@dataclass(frozen=True, slots=True)
class Fields:
    """A model's fields, its choices, and the checks and uniques that the fields say already."""

    specs: tuple[FieldSpec, ...]
    choices: tuple[ChoicesSpec, ...]
    conditions: Conditions
    checks: frozenset[Check]
    unique_columns: frozenset[str]


def infer_fields(draft: Draft, relations: Relations, context: Context) -> Fields:
    reads = {column.name: _read(draft, column, context) for column in draft.table.columns}
    unique = _unique_columns(draft) - _unique_texts(draft, context)
    for name in unique if draft.key.is_composite else unique.union(draft.key.columns):
        reads[name] = context.reader.unique(reads[name], draft.table.column(name))
    operations = context.connection.ops
    conditions = Conditions(
        dialect_of(context.connection),
        _facts(draft, reads),
        bare_booleans=operations.conditional_expression_supported_in_where_clause(
            models.Value(True)
        ),
    )
    labels = _labels(draft, reads, conditions)
    choices = _choices(draft, labels)
    specs = [
        _spec(draft, column, reads[column.name], choices.get(column.name), relations, context)
        for column in draft.table.columns
    ]
    specs = [replace(spec, labels=labels.get(spec.columns[0], ())) for spec in specs]
    specs = [
        spec.with_(unique=True) if spec.columns[0] in unique and not _is_one_to_one(spec) else spec
        for spec in specs
    ]
    return Fields(
        specs=(
            *_composite_key(draft),
            *specs,
            *_without_columns(draft, relations),
            *(soft_delete_managers(draft) if context.soft_deletes else ()),
        ),
        choices=tuple(choices.values()),
        conditions=conditions,
        checks=frozenset(check for read in reads.values() for check in read.checks),
        unique_columns=frozenset(unique),
    )


def _read(draft: Draft, column: Column, context: Context) -> ReadField:
    is_key = draft.key.columns == (column.name,)
    reader = context.reader
    call = None
    if is_key and numbers_itself(column, draft, context.connection):
        call = reader.auto(column)
    elif column.identity is not None and column.identity.kind != "autoincrement":
        call = reader.identity(column)
    if call is not None:
        return ReadField(call)
    return as_it_was_said(
        reader.read(column, _checks_of_fields(draft, column, context)), draft, column, context
    )


def _checks_of_fields(draft: Draft, column: Column, context: Context) -> list[Check]:
    """Those that a field may bring: what the model's Meta has by its name is no field's."""
    if not _brings_checks(draft, column, context):
        return []
    said = draft.known.checks if draft.known else ()
    return [each for each in draft.table.checks if each.name not in said]


def _brings_checks(draft: Draft, column: Column, context: Context) -> bool:
    """Whether the field can make a check: no relation does, and Django puts the column's name
    between plain quotes there."""
    is_plain = database_name(column.name, context.dialect) == column.name
    return is_plain and column.name not in draft.relations


def numbers_itself(column: Column, draft: Draft, connection: BaseDatabaseWrapper) -> bool:
    """Whether the key is an AutoField: SQLite numbers every INTEGER PRIMARY KEY, and a sequence
    need not be the column's own."""
    dialect = dialect_of(connection)
    if column.identity is not None or is_nextval(column.default, dialect):
        return True
    is_rowid = dialect.integer_key_is_rowid and draft.key.standing == "primary key"
    without_rowid = draft.table.option("without rowid") is not None
    return is_rowid and column.type.upper() == "INTEGER" and not without_rowid


def _facts(draft: Draft, reads: dict[str, ReadField]) -> dict[str, FieldFacts]:
    facts = {}
    for column in draft.table.columns:
        is_relation = column.name in draft.relations
        kind = KINDS.get(reads[column.name].call.name.removeprefix("Typed"), "")
        facts[column.name] = FieldFacts(
            name=draft.names[column.name],
            attname=draft.attname(column.name),
            kind="relation" if is_relation and kind == "integer" else kind,
            null=column.null,
        )
    return facts


def _labels(
    draft: Draft, reads: dict[str, ReadField], conditions: Conditions
) -> dict[str, tuple[str | int, ...]]:
    """The values that a column may have, from enum types and from checks."""
    labels: dict[str, tuple[str | int, ...]] = {
        name: read.labels for name, read in reads.items() if read.labels
    }
    for check in draft.table.checks:
        is_enforced = ("not enforced", "") not in check.options
        if is_enforced and (found := conditions.membership(check.sql)) is not None:
            labels.setdefault(*found)
    return labels


def _choices(draft: Draft, values: dict[str, tuple[str | int, ...]]) -> dict[str, ChoicesSpec]:
    """Choices by column."""
    taken = set(draft.names.values())  # a script without capitals tells no class from a field
    return {
        column.name: choices_for(draft.names[column.name], values[column.name], taken)
        for column in draft.table.columns
        if values.get(column.name)
        and column.name not in draft.relations
        and not (draft.known and column.name in draft.known.fields)
    }


def _spec(
    draft: Draft,
    column: Column,
    read: ReadField,
    choices: ChoicesSpec | None,
    relations: Relations,
    context: Context,
) -> FieldSpec:
    is_relation = column.name in draft.relations
    call = relations.field(draft, column) if is_relation else read.call
    if choices is not None:
        call = call.with_(choices=Name(f"{choices.name}.choices"))
    call = call.with_(**_keywords(draft, column, call, read.call, context))
    if _takes_empty(call, choices):
        call = call.with_(blank=True)
    if call.name == "JSONField" and not column.null:  # to Django's own, [] and {} are left blank
        call = typed_by_kit(call)
    if call.get("db_default") is not None:
        call = leaving_empty_to_the_database(call)
    if column.generated is not None:
        call = _generated(column, read, call)
    return FieldSpec(draft.names[column.name], call, (column.name,))


def _takes_empty(call: Call, choices: ChoicesSpec | None) -> bool:
    """Whether a row of the database may hold what Django takes for nothing: the choice of an empty
    text, an array without elements."""
    has_choice = choices is not None and any(value == "" for _, value, _ in choices.members)
    return not call.get("blank") and (has_choice or call.name.endswith("ArrayField"))


def _keywords(
    draft: Draft, column: Column, call: Call, read: Call, context: Context
) -> dict[str, Value]:
    """What any field can have, in the order in which a person would write it."""
    keywords: dict[str, Value] = {}
    if draft.key.columns == (column.name,):
        keywords["primary_key"] = True
    elif column.null and column.name not in draft.key.columns:
        keywords["null"] = True
        keywords["blank"] = True
    default = _default(draft, column, read, context)
    if default is not None and not call.name.endswith(("AutoField", "IdentityField")):
        times = time_keywords(column, call, default)
        if not column.null and not times and call.name not in BOOLEANS:
            keywords["blank"] = True
        keywords |= times
        keywords["db_default"] = default
    if makes_uuid(draft, column, call):
        keywords["default"] = Ref("uuid.uuid4")
    zero = context.dialect.zero_date
    if zero and zero in (column.default or ""):
        message = f"the default {zero} is no date in Python: a row that has it can be read only"
        draft.note("not expressible", message, column.name)
    if column.on_update and call.name == "TypedDateTimeField":
        keywords["on_update"] = column.on_update.upper().replace("()", "")
    elif column.on_update:
        draft.note("not expressible", f"ON UPDATE {column.on_update}", column.name)
    if column.name in draft.relations and not _wants_index(draft, column.name, context):
        keywords["db_index"] = False
    keywords |= _storage_keywords(draft, column, call, context)
    return keywords


def makes_uuid(draft: Draft, column: Column, call: Call) -> bool:
    """Whether a key would be empty if Python did not make one."""
    is_uuid = call.name.removeprefix("Typed") == "UUIDField"
    is_bare = column.default is None and not column.generated
    return is_uuid and is_bare and draft.key == Key((column.name,))


def _default(draft: Draft, column: Column, read: Call, context: Context) -> Value:
    """Django hands no 0 to a relation where the database numbers rows from 1."""
    found = db_default(column, read, context.dialect)
    is_refused = found == 0 and not context.connection.features.allows_auto_pk_0
    if column.name in draft.relations and is_refused:
        return raw(column.default or "", context.dialect)
    return found


def _storage_keywords(
    draft: Draft, column: Column, call: Call, context: Context
) -> dict[str, Value]:
    keywords: dict[str, Value] = {}
    collation = _collation(draft, column)
    if collation and call.name.removeprefix("Typed") in COLLATED:
        keywords["db_collation"] = collation
    elif column.collation and call.name != "JSONField":  # MariaDB's has one that is its own
        draft.note("not expressible", f"the collation {column.collation!r}", column.name)
    name = database_name(column.name, context.dialect)
    if name != draft.attname(column.name):
        keywords["db_column"] = name
    if column.comment and context.connection.features.supports_comments:
        keywords["db_comment"] = column.comment
    return keywords


def _collation(draft: Draft, column: Column) -> str | None:
    """What a column's texts are compared by, where it is not what the database does: on MySQL a
    table has its own say."""
    of_table = draft.table.option("collation")
    is_text = SqlType.parse(column.type).name in MYSQL_TEXTS
    return column.collation or (of_table if is_text else None)


def _wants_index(draft: Draft, column: str, context: Context) -> bool:
    """Whether the index that Django gives each relation is there. MySQL makes it by itself."""
    if column in draft.one_to_one:
        return True
    if context.dialect.indexes_foreign_keys:
        return was_to_be_indexed(draft, column, context)
    return any(
        index.columns == (column,) and not index.where and not index.unique
        for index in draft.table.indexes
    )


def _generated(column: Column, read: ReadField, call: Call) -> Call:
    assert column.generated is not None
    kept = {
        name: value
        for name, value in call.kwargs
        if name in ("null", "db_column", "db_comment", "primary_key")
    }
    inner = dict(read.call.kwargs)
    if collation := call.get("db_collation"):
        inner["db_collation"] = collation
    if (choices := call.get("choices")) is not None:
        inner["choices"] = choices
    return Call(
        "django.db.models.GeneratedField",
        expression=raw(column.generated.expression),
        output_field=Call(read.call.path, *read.call.args, **inner),
        db_persist=column.generated.stored,
        **kept,
    )


def _composite_key(draft: Draft) -> Iterable[FieldSpec]:
    if draft.key.is_composite:
        names = (draft.attname(column) for column in draft.key.columns)
        yield FieldSpec("pk", Call("django.db.models.CompositePrimaryKey", *names))


def _without_columns(draft: Draft, relations: Relations) -> Iterable[FieldSpec]:
    for name in draft.composite_names:
        yield FieldSpec(name, relations.composite(draft, name))
    for link in draft.many_to_many:
        yield FieldSpec(link.name, relations.many_to_many(draft, link))


def _unique_columns(draft: Draft) -> set[str]:
    """Columns that are unique alone, but for the key, which says so already."""
    return unique_alone(draft.table) - set(draft.key.columns if not draft.key.is_composite else ())


def _unique_texts(draft: Draft, context: Context) -> set[str]:
    """Generated texts, of whose length Django does not know on MySQL: it warns of ``unique=True``."""
    if context.dialect.longest_unique_text is None:
        return set()
    texts = (each for each in draft.table.columns if SqlType.parse(each.type).name in MYSQL_TEXTS)
    return {each.name for each in texts if each.generated}


def _is_one_to_one(spec: FieldSpec) -> bool:
    return "OneToOne" in spec.call.name
