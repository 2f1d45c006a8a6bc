"""One field of an imported model against the facts of its column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.fields import AutoFieldMixin

from kit_django.codegen.following.edits import ChangeField, ChangeTarget, Edit, ReplaceField
from kit_django.codegen.following.elsewhere import (
    has_expression_of_another,
    has_type_of_another,
)
from kit_django.codegen.specs import FieldSpec, is_foreign_key
from kit_django.schema.constructs import Call, Ref, Value, build
from kit_django.schema.dialects import dialect_of
from kit_django.schema.facts import Column
from kit_django.schema.sql.same import meaning_of_default, same
from kit_django.schema.values import filled
from kit_django.typed import IdentityMixin

# The keywords by which a field class is told its column's type.
TYPE_KEYWORDS = ("max_length", "max_digits", "decimal_places", "db_types", "on_update")
# The fields whose first argument is part of the type.
FIRST_ARGUMENTS = {
    "DatabaseTypeField": "database_type",
    "ArrayField": "base_field",
    "TypedArrayField": "base_field",
}
DATABASE_ACTIONS = tuple(
    getattr(models, name)
    for name in ("DB_CASCADE", "DB_SET_NULL", "DB_SET_DEFAULT")
    if hasattr(models, name)
)


def field_edits(
    field: Any, column: Column, spec: FieldSpec, connection: BaseDatabaseWrapper, *, has_key: bool
) -> Iterator[tuple[str, Edit | None]]:
    """What differs, in words, and the edit that mends it; None where only a person can.

    ``spec`` is the field as it would be written now; ``has_key`` is whether the table has a
    primary key, so that a field can be it or not.
    """
    drift = _FieldDrift(field, column, spec, connection, has_key)
    if field.generated != (spec.call.name == "GeneratedField"):
        what = "is generated now" if column.generated else "is not generated any more"
        yield f"the column {what}", ReplaceField(field.name, spec.call)
    elif field.generated:
        yield from drift.generated()
    else:
        yield from drift.relation()
        yield from drift.type()
        yield from drift.keywords()


@dataclass(frozen=True)
class _FieldDrift:
    field: Any
    column: Column
    spec: FieldSpec
    connection: BaseDatabaseWrapper
    has_key: bool

    @property
    def call(self) -> Call:
        return self.spec.call

    def _change(self, path_: str = "", /, **keywords: Value) -> ChangeField:
        return ChangeField(self.field.name, tuple(keywords.items()), path_)

    # Generated columns

    def generated(self) -> Iterator[tuple[str, Edit | None]]:
        if not self._has_type(self.field):
            output = self.call.get("output_field")
            yield self._other_type(), self._change(output_field=output)
        keywords: dict[str, Value] = {}
        if not self._has_expression():
            keywords["expression"] = self.call.get("expression")
        if bool(self.field.db_persist) != bool(self.call.get("db_persist")):
            keywords["db_persist"] = self.call.get("db_persist")
        if self.field.column != self._column_name():
            keywords["db_column"] = self.call.get("db_column")
        if keywords:
            yield "the column is generated in another way", self._change(**keywords)

    def _has_expression(self) -> bool:
        wanted = build(self.call.get("expression"))
        if self.field.expression == wanted:
            return True
        assert self.column.generated is not None
        try:
            sql, params = self.field.generated_sql(self.connection)
        except (TypeError, ValueError):
            return False
        made = filled(self.connection, sql, params) if params else sql
        expression = self.column.generated.expression
        if same(made, expression, dialect_of(self.connection)):
            return True
        return has_expression_of_another(self.field.expression, made, expression, self.connection)

    # Relations

    def relation(self) -> Iterator[tuple[str, Edit | None]]:
        field = self.field
        if not field.remote_field:
            return
        if not is_foreign_key(self.call):
            if field.db_constraint:
                yield "the foreign key is gone", self._change(db_constraint=False)
            return
        if not field.db_constraint:
            yield "there is a foreign key", self._change(db_constraint=None)
        if self._target() != field.related_model._meta.label_lower:
            yield (
                "the foreign key points elsewhere",
                ChangeTarget(field.name, self.call.args[0]),
            )
        to_field = self.call.get("to_field")
        if field.remote_field.field_name != (to_field or field.related_model._meta.pk.name):
            yield "the foreign key points to another column", self._change(to_field=to_field)
        yield from self._action()
        yield from self._kind_of_relation()

    def _target(self) -> str:
        wanted, opts = build(self.call.args[0]), self.field.model._meta
        if wanted == "self":
            return str(opts.label_lower)
        return str(wanted if "." in wanted else f"{opts.app_label}.{wanted}").lower()

    def _action(self) -> Iterator[tuple[str, Edit | None]]:
        """Only an action that is the database's is the database's to say."""
        is_databases = self.field.remote_field.on_delete in DATABASE_ACTIONS
        wanted = self.call.args[1]
        if is_databases and self.field.remote_field.on_delete != build(wanted):
            assert isinstance(wanted, Ref)
            does = wanted.path.rpartition(".")[2]
            message = f"on_delete is {does}, which is what the database does now"
            if does == "DO_NOTHING":
                message = (
                    "on_delete is DO_NOTHING, because the database has no action that Django has"
                )
            yield message, self._change(on_delete=wanted)

    def _kind_of_relation(self) -> Iterator[tuple[str, Edit | None]]:
        """Django warns of a foreign key that is unique."""
        if self.field.primary_key or self._is_unique_by_meta():
            return
        is_single = "OneToOne" in self.call.name
        if self.field.unique != is_single:
            typed = (
                "kit_django.fields.Typed"
                if hasattr(self.field, "db_types")
                else "django.db.models."
            )
            words = "is unique now" if is_single else "is not unique any more"
            path = typed + ("OneToOneField" if is_single else "ForeignKey")
            keywords: dict[str, Value] = {} if is_single else {"unique": None}
            if not is_single and self.call.get("db_index") is False:
                keywords["db_index"] = False
            yield f"the column {words}", self._change(path, **keywords)

    def _is_unique_by_meta(self) -> bool:
        opts = self.field.model._meta
        names = (self.field.name,)
        return names in {tuple(each.fields) for each in opts.total_unique_constraints}

    # The type

    def type(self) -> Iterator[tuple[str, Edit | None]]:
        if self._has_type(self.field) and self._checks_alike() and self._numbers_alike():
            return
        if not has_type_of_another(self.field, self.spec, self.connection):
            yield self._other_type(), self._type_edit()

    def _other_type(self) -> str:
        if self._has_type(self.field) and not self._numbers_alike():
            numbers = isinstance(self.field, AutoFieldMixin | IdentityMixin)
            which = ("field", "column") if numbers else ("column", "field")
            return f"the {which[0]} numbers its rows, the {which[1]} does not"
        made = self.field.db_parameters(self.connection)["type"]
        return f"the column's type is {self.column.type}, the field's {made}"

    def _has_type(self, field: Any) -> bool:
        made = field.db_parameters(self.connection)["type"]
        if made is None:
            return False
        return dialect_of(self.connection).types.same(
            made.removesuffix(" AUTO_INCREMENT"), self.column.type
        )

    def _checks_alike(self) -> bool:
        """Whether the check that comes with some fields (``>= 0``, valid JSON) is there."""
        if self.field.remote_field or is_foreign_key(self.call):
            return True
        wanted = build(self.call)
        wanted.set_attributes_from_name("column")
        makes, is_made = wanted.db_check(self.connection), self.field.db_check(self.connection)
        return bool(makes) == bool(is_made)

    def _numbers_alike(self) -> bool:
        """A key that the database does not number cannot be left to it, and one that it numbers can.

        A field that makes its own values, or is of a person's own class, takes no number.
        """
        is_numbered = "Auto" in self.call.name or "Identity" in self.call.name
        if isinstance(self.field, AutoFieldMixin | IdentityMixin):
            return is_numbered
        takes_any = dialect_of(self.connection).integer_key_is_rowid or self.field.remote_field
        is_plain = type(self.field).__module__.startswith("django.db.models")
        has_value = self.field.has_default() or self.field.has_db_default()
        return bool(not is_numbered or takes_any or has_value or not is_plain)

    def _type_edit(self) -> Edit | None:
        """Keywords alone where the person's class can make the type, else another class."""
        if self.field.remote_field:
            return self._relation_type_edit()
        _, _, args, kwargs = self.field.deconstruct()
        wanted = {name: self.call.get(name) for name in TYPE_KEYWORDS}
        wanted["db_types"] = self._types(kwargs.get("db_types") or {})
        changes = {name: value for name, value in wanted.items() if kwargs.get(name) != value}
        if self._can_make(args, kwargs, changes):
            return self._change(**changes)
        kept = {
            name: value for name, value in changes.items() if value is not None or name in kwargs
        }
        dropped: dict[str, Value] = {
            name: None for name in kwargs if not _accepts(self.call, name) and name not in kept
        }
        first: dict[str, Value] = {}
        if self.call.name in FIRST_ARGUMENTS:
            first[FIRST_ARGUMENTS[self.call.name]] = self.call.args[0]
        return self._change(self.call.path, **dropped, **first, **kept)

    def _types(self, told: dict[str, str]) -> Value:
        """The types that the field is told: those of other databases are theirs to say."""
        of_others = {name: each for name, each in told.items() if name != self.connection.vendor}
        here: Any = self.call.get("db_types")
        return {**of_others, **here} if of_others and here else here

    def _relation_type_edit(self) -> Edit | None:
        if not is_foreign_key(self.call) or self.call.get("db_types") is None:
            return None
        return self._change(self.call.path, db_types=self.call.get("db_types"))

    def _can_make(self, args: Any, kwargs: dict[str, Any], changes: dict[str, Value]) -> bool:
        kept = {name: value for name, value in kwargs.items() if name not in changes}
        new = {name: build(value) for name, value in changes.items() if value is not None}
        try:
            clone = type(self.field)(*args, **{**kept, **new})
        except TypeError:
            return False
        clone.set_attributes_from_name("column")
        clone.model = self.field.model
        twin = _FieldDrift(clone, self.column, self.spec, self.connection, self.has_key)
        return twin._has_type(clone) and twin._checks_alike() and twin._numbers_alike()

    # Everything else

    def keywords(self) -> Iterator[tuple[str, Edit | None]]:
        found = dict(self._changed_keywords())
        if set(found) == {"db_column"}:
            message = f"its column {self.field.column} is called {self.column.name} now"
            yield message, self._change(**found)
        elif found:
            said = ", ".join(_said(name, value) for name, value in found.items())
            yield f"the column says {said}", self._change(**found)

    def _column_name(self) -> str:
        is_relation = self.field.remote_field and not is_foreign_key(self.call)
        own = self.field.get_attname() if is_relation else self.spec.attname
        return str(self.call.get("db_column") or own)

    def _changed_keywords(self) -> Iterator[tuple[str, Value]]:
        field, call = self.field, self.call
        if field.column != self._column_name():
            yield "db_column", call.get("db_column")
        if self.has_key and field.primary_key != bool(call.get("primary_key")):
            yield "primary_key", call.get("primary_key")
        if field.null != bool(call.get("null")):
            yield "null", call.get("null")
        yield from self._changed_unique()
        yield from self._changed_index()
        if not self._has_default():
            yield "db_default", call.get("db_default")
            if self._was_left_empty_for_its_default():
                yield "blank", None
        if self.connection.features.supports_comments:
            comment = call.get("db_comment")
            if (field.db_comment or None) != comment:
                yield "db_comment", comment
        collation = call.get("db_collation")
        if hasattr(field, "db_collation") and (field.db_collation or None) != collation:
            yield "db_collation", collation

    def _was_left_empty_for_its_default(self) -> bool:
        """Without one, an empty form of anything but a text would save NULL where none may be."""
        if self.call.get("db_default") is not None:
            return False
        takes_empty = self.field.empty_strings_allowed or self.field.null
        return not takes_empty and "blank" in self.field.deconstruct()[3]

    def _changed_unique(self) -> Iterator[tuple[str, Value]]:
        field, call = self.field, self.call
        if field.primary_key or call.get("primary_key") or field.remote_field:
            return
        wanted = bool(call.get("unique"))
        if wanted and not field.unique and not self._is_unique_by_meta():
            yield "unique", True
        if field.unique and not wanted:
            yield "unique", None

    def _changed_index(self) -> Iterator[tuple[str, Value]]:
        """The index that a relation has of itself; others are Meta's."""
        if not self.field.remote_field or self.field.unique or self.field.primary_key:
            return
        if dialect_of(self.connection).indexes_foreign_keys:
            return  # whatever the field says
        wanted = self.call.get("db_index", True) if is_foreign_key(self.call) else None
        if wanted is not None and self.field.db_index != wanted:
            yield "db_index", self.call.get("db_index")

    def _has_default(self) -> bool:
        wanted = self.call.get("db_default")
        if not self.field.has_db_default():
            return wanted is None
        if wanted is None:
            return self.column.identity is not None
        if self.field.db_default == build(wanted):
            return True
        made, wanted = _default_sql(self.field, self.connection), self.column.default or ""
        dialect = dialect_of(self.connection)
        if meaning_of_default(made, dialect) == meaning_of_default(wanted, dialect):
            return True
        return has_expression_of_another(self.field.db_default, made, wanted, self.connection)


def _default_sql(field: Any, connection: BaseDatabaseWrapper) -> str:
    """What Django would write behind DEFAULT, with the parameters filled in."""
    editor = connection.schema_editor(collect_sql=True)
    sql, params = editor.db_default_sql(field)
    return filled(connection, sql, params) if params else str(sql)


def _accepts(call: Call, keyword: str) -> bool:
    """Whether a field class knows a keyword that another class had."""
    known = {name: value for name, value in call.kwargs if name != "choices"}
    plain = Call(call.path, *call.args, **known)
    if keyword in known:
        return True
    try:
        build(plain.with_(**{keyword: None}))
    except TypeError as error:
        return "unexpected keyword" not in str(error)
    except ValueError:
        return True
    return True


def _said(name: str, value: Value) -> str:
    if isinstance(value, Call):
        return f"another {name}"
    return f"no {name}" if value is None else name if value is True else f"{name}={value!r}"
