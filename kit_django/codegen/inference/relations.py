"""Foreign keys -> ForeignKey, OneToOneField and ManyToManyField, with the names on both sides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db import models

from kit_django.codegen import naming
from kit_django.codegen.inference.composites import (
    can_be_relation,
    composite_field,
    composite_name,
)
from kit_django.codegen.inference.context import Context, KnownModel
from kit_django.codegen.inference.drafts import Draft, ManyToMany
from kit_django.codegen.inference.keys import unique_alone
from kit_django.codegen.specs import TableKey
from kit_django.codegen.words import plural, singular
from kit_django.schema.constructs import Call, Ref, Value
from kit_django.schema.dialects import dialect_of
from kit_django.schema.facts import Column, ForeignKey, Table, display_name
from kit_django.schema.tables.indexes import simple_uniques

MIXED = "as Django takes no DB_CASCADE beside a CASCADE or PROTECT of its own in one chain"
HAS_DATABASE_ACTIONS = hasattr(models, "DB_CASCADE")


@dataclass(frozen=True)
class Relations:
    """The relations between the tables of one sync, and to the models that are there already."""

    drafts: Mapping[TableKey, Draft]
    context: Context

    def resolve(self, draft: Draft) -> None:
        """Tell which columns of a table are relations; note the foreign keys that cannot be."""
        known = draft.known
        for key in draft.table.foreign_keys:
            if known and key.columns[0] in known.fields.keys() - known.relations:
                continue  # a person's own field for the column
            if len(key.columns) > 1 and not known and can_be_relation(key, self.target(key)):
                draft.composites.append(key)
                continue
            problem = self._problem(draft, key)
            if problem:
                draft.note("not expressible", problem, key.name or ", ".join(key.columns))
                continue
            if key.on_update in ("CASCADE", "SET NULL", "SET DEFAULT"):
                draft.note("not expressible", f"ON UPDATE {key.on_update}", key.columns[0])
            draft.relations[key.columns[0]] = key
            if self._is_one_to_one(draft, key.columns[0]):
                draft.one_to_one.add(key.columns[0])

    def _problem(self, draft: Draft, key: ForeignKey) -> str | None:
        where = f"the foreign key from ({', '.join(key.columns)})"
        target = self.target(key)
        if target is None:
            return f"no model has the table {display_name(_target_key(key))} that {where} points to"
        if len(key.columns) > 1:
            return f"{where} points to columns that no key or constraint of Django's has together"
        if draft.key.standing == "no key" and key.columns == draft.key.columns:
            return f"the column that stands in for the table's key has {where}"
        if draft.table.column(key.columns[0]).generated:
            return f"Django has no relation over a generated column for {where}"
        if key.columns[0] in draft.relations:
            return f"Django has one relation a column, and {where} is another"
        if not key.to_columns or key.to_columns[0] not in _unique_columns(target):
            return f"{where} points to a column that is not unique"
        return None

    def target(self, key: ForeignKey) -> Draft | KnownModel | None:
        where = _target_key(key)
        return self.drafts.get(where) or self.context.known.get(where)

    @staticmethod
    def _is_one_to_one(draft: Draft, column: str) -> bool:
        if draft.key.columns == (column,) and draft.key.standing != "no key":
            return True
        return column in unique_alone(draft.table)

    def field(self, draft: Draft, column: Column) -> Call:
        """The relation's field, without what every field has (null, db_column, ...)."""
        key = draft.relations[column.name]
        target = self.target(key)
        assert target is not None
        name = "OneToOneField" if column.name in draft.one_to_one else "ForeignKey"
        call = Call(
            f"django.db.models.{name}",
            self.reference(draft, target),
            self._on_delete(draft, key, column, target),
        )
        if key.to_columns != _key_columns(target):
            call = call.with_(to_field=_field_name(target, key.to_columns[0]))
        if related := draft.related_names.get(draft.names[column.name]):
            call = call.with_(related_name=related)
        return self._typed(call, column, target, key)

    def reference(self, draft: Draft, target: Draft | KnownModel) -> Value:
        if target is draft:
            return "self"
        if isinstance(target, KnownModel):
            app, _, name = target.label.partition(".")
            in_same_app = app == draft.claim.app_label and isinstance(target.reference, str)
            return name if in_same_app else target.reference
        in_same_app = target.claim.app_label == draft.claim.app_label
        return target.class_name if in_same_app else target.label

    def _typed(
        self, call: Call, column: Column, target: Draft | KnownModel, key: ForeignKey
    ) -> Call:
        """A key of another type than what it points to (PostgreSQL allows it) keeps its own."""
        if not isinstance(target, Draft):
            return call
        pointed_to = target.table.column(key.to_columns[0]).type
        if dialect_of(self.context.connection).types.same(pointed_to, column.type):
            return call
        kwargs = {**dict(call.kwargs), "db_types": self.context.reader.db_types(column)}
        return Call(f"kit_django.fields.Typed{call.name}", *call.args, **kwargs)

    def _on_delete(
        self, draft: Draft, key: ForeignKey, column: Column, target: Draft | KnownModel
    ) -> Ref:
        """The database's own action, in the terms of this Django.

        Before 6.1 Django does the same itself. DO_NOTHING leaves it to the database, which is
        also right where Django could not say it; Django refuses a chain of models in which some
        actions are the database's and some its own.
        """
        action = key.on_delete.replace(" ", "_")
        if (action == "SET_NULL" and not column.null) or action not in ("CASCADE", "SET_NULL"):
            action = self._set_default(key, column)
        if action == "DO_NOTHING":
            if self.context.dialect.plain_action(key.on_delete) != "NO ACTION":
                draft.note("not expressible", f"ON DELETE {key.on_delete}", column.name)
            return Ref("django.db.models.DO_NOTHING")
        if not HAS_DATABASE_ACTIONS:
            return Ref(f"django.db.models.{action}")
        model = target.known if isinstance(target, Draft) else target
        mixed = model is not None and model.collects
        if draft.known and column.name in draft.known.relations:
            mixed = False  # what it does is the person's, as long as the database does it too
        elif draft.known:
            mixed = mixed or draft.known.collects or draft.known.is_collected
        if mixed:
            draft.note(
                "hint", f"ON DELETE {key.on_delete} is the database's alone, {MIXED}", column.name
            )
        return Ref(f"django.db.models.{'DO_NOTHING' if mixed else f'DB_{action}'}")

    def _set_default(self, key: ForeignKey, column: Column) -> str:
        features = self.context.connection.features
        if (
            key.on_delete == "SET DEFAULT"
            and column.default is not None
            and HAS_DATABASE_ACTIONS
            and features.supports_on_delete_db_default
        ):
            return "SET_DEFAULT"
        return "DO_NOTHING"

    def name_composites(self, draft: Draft) -> None:
        """Names for the relations that have no column of their own."""
        for key in draft.composites:
            target = self.target(key)
            assert target is not None
            name = composite_name(key, target, set(draft.taken_names()))
            draft.composite_names[name] = key

    def composite(self, draft: Draft, name: str) -> Call:
        key = draft.composite_names[name]
        target = self.target(key)
        assert target is not None
        call = composite_field(draft, key, target, self.reference(draft, target))
        related = draft.related_names.get(name)
        return call.with_(related_name=related) if related else call

    def find_links(self, draft: Draft) -> None:
        """Give the owner of a link table its ManyToManyField."""
        sides = self._sides(draft)
        if sides is None or draft.known:
            return
        owner_column, other_column = sides
        owner = self.target(draft.relations[owner_column])
        other = self.target(draft.relations[other_column])
        if not isinstance(owner, Draft) or other is None:
            return
        name = plural(draft.names[other_column])
        taken = {*owner.taken_names(), *naming.RESERVED_FIELD_NAMES}
        target = _target_key(draft.relations[other_column])
        through_columns = sides if other is owner else None
        link = ManyToMany(naming.field_name(name, taken), target, draft.table.key, through_columns)
        owner.many_to_many.append(link)

    def _sides(self, draft: Draft) -> tuple[str, str] | None:
        """The owner's column and the other's, where the table links two others and no more."""
        if len(draft.relations) != 2 or draft.one_to_one or draft.key.standing != "primary key":
            return None
        pair = set(draft.relations)
        unique = {draft.key.columns, *simple_uniques(draft.table)}
        if not any(set(columns) == pair for columns in unique):
            return None
        if not all(
            _fills_itself(column) for column in draft.table.columns if column.name not in pair
        ):
            return None
        if any(
            self._is_composite(key) or not _by_key(self, key) for key in draft.relations.values()
        ):
            return None
        return self._ordered(draft)

    def _is_composite(self, key: ForeignKey) -> bool:
        target = self.target(key)
        return target is None or len(_key_columns(target)) > 1

    def _ordered(self, draft: Draft) -> tuple[str, str]:
        """``film_actor`` is Film's; otherwise the table of the first column owns the link."""
        first, second = (column for column in draft.table.column_names if column in draft.relations)
        start = naming.snake_case(draft.table.name)
        if isinstance(self.target(draft.relations[first]), KnownModel):
            return second, first
        for one, other in ((first, second), (second, first)):
            target = self.target(draft.relations[one])
            if isinstance(target, Draft) and _starts_with(start, target.table):
                return one, other
        return first, second

    def many_to_many(self, draft: Draft, link: ManyToMany) -> Call:
        target = self.drafts.get(link.target) or self.context.known[link.target]
        through = self.drafts[link.through]
        call = Call(
            "django.db.models.ManyToManyField",
            self.reference(draft, target),
            through=self.reference(draft, through),
        )
        if link.through_columns:
            fields = tuple(through.names[column] for column in link.through_columns)
            call = call.with_(through_fields=fields, symmetrical=False)
        if related := draft.related_names.get(link.name):
            call = call.with_(related_name=related)
        return call

    def name_reverse_sides(self) -> None:
        """A related_name for each relation whose reverse names would clash with another name."""
        taken = {key: _names_of(each) for key, each in self.context.known.items()}
        taken |= {key: _names_of(each) for key, each in self.drafts.items()}
        for draft in self.drafts.values():
            ends = list(_ends(draft))
            pairs = Counter(target for _, target, _ in ends)
            for name, target, is_single in ends:
                is_first = pairs[target] == 1 or name == self._natural_name(target)
                related = self._related_name(draft, name, taken[target], is_single, is_first)
                if related:
                    draft.related_names[name] = related

    def _natural_name(self, target: TableKey) -> str:
        """What a relation to that table is called where its name says nothing more."""
        model = self.drafts.get(target) or self.context.known[target]
        name = model.class_name if isinstance(model, Draft) else model.label.partition(".")[2]
        return naming.snake_case(name)

    @staticmethod
    def _related_name(
        draft: Draft, name: str, taken: set[str], is_single: bool, is_first: bool
    ) -> str | None:
        """None where Django's own reverse names are free and this relation's to have."""
        query = draft.class_name.lower()
        accessor = query if is_single else f"{query}_set"
        if is_first and not taken & {query, accessor}:
            taken |= {query, accessor}
            return None
        model = naming.snake_case(draft.class_name)
        related = f"{name}_{model if is_single else plural(model)}"
        related = naming.unique(related, taken)
        taken.add(related)
        return related


def _ends(draft: Draft) -> Iterator[tuple[str, TableKey, bool]]:
    """Each relation's field name, the table that it points to, and whether it is one to one."""
    known = draft.known.fields if draft.known else {}
    for column, key in sorted(draft.relations.items(), key=lambda each: draft.names[each[0]]):
        if column in known:
            continue  # its reverse names are the person's
        yield draft.names[column], _target_key(key), column in draft.one_to_one
    for name, composite in draft.composite_names.items():
        yield name, _target_key(composite), False
    for link in draft.many_to_many:
        yield link.name, link.target, False


def _names_of(model: Draft | KnownModel) -> set[str]:
    names = model.names if isinstance(model, KnownModel) else model.taken_names()
    return {*names, *naming.RESERVED_FIELD_NAMES}


def _target_key(key: ForeignKey) -> TableKey:
    return (key.to_schema, key.to_table)


def _key_columns(target: Draft | KnownModel) -> tuple[str, ...]:
    return target.key if isinstance(target, KnownModel) else target.key.columns


def _unique_columns(target: Draft | KnownModel) -> set[str]:
    if isinstance(target, KnownModel):
        return set(target.unique)
    single = {columns[0] for columns in simple_uniques(target.table) if len(columns) == 1}
    if not target.key.is_composite and target.key.standing != "no key":
        single.add(target.key.columns[0])
    return single


def _field_name(target: Draft | KnownModel, column: str) -> str:
    return target.fields[column] if isinstance(target, KnownModel) else target.names[column]


def _by_key(relations: Relations, key: ForeignKey) -> bool:
    target = relations.target(key)
    return target is not None and _key_columns(target) == key.to_columns


def _fills_itself(column: Column) -> bool:
    return bool(column.null or column.default is not None or column.identity or column.generated)


def _starts_with(text: str, table: Table) -> bool:
    name = naming.snake_case(table.name)
    return any(text.startswith(f"{each}_") for each in (name, singular(name)))
