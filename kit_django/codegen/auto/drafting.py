"""make_migration --auto's one function: the models and the database -> a migration's source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any, Protocol

from django.db import DEFAULT_DB_ALIAS
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.codegen.adopting.writing import class_source, for_database
from kit_django.codegen.auto.alterations import Alteration
from kit_django.codegen.auto.deciding import Renames
from kit_django.codegen.auto.losses import Loss, losses_of, only_in_database
from kit_django.codegen.auto.planning import Plan, plan_of
from kit_django.codegen.auto.proving import proof
from kit_django.codegen.auto.sides import Side, side_of
from kit_django.codegen.auto.states import states_of
from kit_django.codegen.auto.titles import title_of
from kit_django.codegen.auto.values import literal_of, value_of
from kit_django.codegen.auto.writing import Lines, Writer, fill_of
from kit_django.codegen.comparing import Compared, SyncOptions, compare
from kit_django.codegen.following.said import Said
from kit_django.codegen.following.table_renames import Ask
from kit_django.codegen.project import apps as project
from kit_django.codegen.source.imports import Imports
from kit_django.codegen.source.rendering import Style
from kit_django.codegen.source.workspace import Workspace
from kit_django.codegen.verifying.surroundings import surroundings_of
from kit_django.conf import Settings
from kit_django.exceptions import OperationError, SyncError
from kit_django.schema import facts
from kit_django.schema.constructs import Value
from kit_django.schema.dialects import dialect_of
from kit_django.schema.facts import Key
from kit_django.schema.field_reader import FieldReader
from kit_django.schema.tables.difference import Difference, Part, difference
from kit_django.schema.tables.parts import with_column
from kit_django.schema.whole import node_of, target

Values = dict[tuple[str, str], Value]
"""What rows get that are there, by table and column."""


class Rows(Protocol):
    """Who looks at the rows that are there."""

    def count(self, table: Key, condition: str) -> int:
        """How many rows of the table the condition holds of."""

    def in_the_way(self, table: facts.Table, step: Difference) -> Iterable[str]:
        """For people: what the database would refuse the step for."""


@dataclass(frozen=True)
class Wishes:
    """``renamed`` are a person's ``OLD=NEW``, ``drop`` the names or patterns of what was taken out of
    the models; ``ask`` asks a person of renames."""

    app: str | None = None
    renamed: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    ask: Ask | None = None


@dataclass(frozen=True)
class Ahead:
    """``differences`` are what the models and the database do not have in common, in words;
    ``unclear`` the options that decide which is which."""

    found: Compared
    differences: tuple[str, ...]
    unclear: tuple[str, ...]


@dataclass(frozen=True)
class Draft:
    """``name`` is what the migration does. ``untold`` are what the database has and the models have
    not, and of which nobody has said that it goes."""

    plan: Plan
    name: str = ""
    up: tuple[Lines, ...] = ()
    imports: Imports = field(default_factory=Imports)
    losses: tuple[Loss, ...] = ()
    untold: tuple[str, ...] = ()
    alias: str = DEFAULT_DB_ALIAS

    def source(self, name: str, style: Style) -> str:
        return class_source(name, for_database(self.alias), self.up, None, self.imports, style)


def ahead(connection: BaseDatabaseWrapper, settings: Settings, wishes: Wishes) -> Ahead:
    """What the models have otherwise than the database, without a look at what it comes to."""
    wanted = project.patterns(settings, wishes.app)
    left_alone = project.own_tables(settings)
    renames = Renames(connection, wanted, left_alone, wishes.renamed, wishes.ask)
    options = SyncOptions(app=wishes.app, write=False)
    found = compare(connection, settings, options, Workspace(), renames)
    return Ahead(found, tuple(_in_words(found)), tuple(renames.unclear))


def _in_words(found: Compared) -> Iterator[str]:
    for each in found.differences:
        about = f".{each.about}" if each.about else ""
        yield f"{each.model}{about}: {each.message}"
    for model in found.inferred.models:
        yield f"{model.label}: there is a table {facts.display_name(model.table)}, and no model"
    yield from (f"table {each.table}: {each.reason}" for each in found.skipped)


def draft(connection: BaseDatabaseWrapper, wishes: Wishes, known: Ahead, rows: Rows) -> Draft:
    """Raises SyncError where no migration can be made of it."""
    return _Drafting(connection, wishes, known.found, rows).draft()


def proven(
    connection: BaseDatabaseWrapper, settings: Settings, wishes: Wishes, source: str
) -> list[str]:
    """What is wrong with the migration, once it has been run in a copy of the database."""

    def left() -> list[str]:
        options = SyncOptions(app=wishes.app, write=False)
        found = compare(connection, settings, options, Workspace(), lambda *_: Said())
        return list(_in_words(found))

    return proof(connection, source, left)


class _Drafting:
    def __init__(
        self, connection: BaseDatabaseWrapper, wishes: Wishes, found: Compared, rows: Rows
    ) -> None:
        self.connection, self.wishes, self.found = connection, wishes, found
        self.rows, self.dialect = rows, dialect_of(connection)

    def draft(self) -> Draft:
        self._refuse_unclear()
        before, after = self.sides
        plan = plan_of(before, after, self.found.database, self.dialect)
        if plan.is_empty:
            return Draft(plan)
        imports = Imports(frozenset({"schema", "table"}))
        reader = FieldReader.of(self.connection, self.found.database)
        tables = {each.key: each for each in self.found.database}
        tables |= {made.target.key: made.target for made in plan.altered}
        tables |= {each.key: each for each in plan.created}
        values, fills = self._values(plan)
        self._refuse_rows_in_the_way(plan, values)
        given = before.given | after.given
        writer = Writer(
            reader, imports, given, tables, before.fields, after.fields, after.conditions, values
        )
        try:
            up = tuple(filter(None, self._up(plan, writer, fills)))
        except OperationError as error:
            raise SyncError(f"{error} Nothing was written.") from error
        untold = tuple(
            name
            for name in only_in_database(plan, self.dialect, given)
            if not any(name == each or fnmatchcase(name, each) for each in self.wishes.drop)
        )
        losses = tuple(losses_of(plan, self.dialect))
        return Draft(plan, title_of(plan), up, imports, losses, untold, self.connection.alias)

    def _refuse_unclear(self) -> None:
        if self.found.skipped:
            first = self.found.skipped[0]
            raise SyncError(f"Table {first.table}: {first.reason}. Nothing was written.")
        shared = [each for each in self.found.differences if not (each.about or each.edit)]
        if shared:
            raise SyncError(f"{shared[0].model}: {shared[0].message}. Nothing was written.")

    @cached_property
    def sides(self) -> tuple[Side, Side]:
        before, after = states_of(self.found)
        there = {spec.label for spec in self.found.inferred.known}
        gone = {model._meta.label for model in self.found.around.gone} - there
        untouched = {model.label for model in self.found.inferred.models}
        labels = {each.model for each in self.found.differences} | gone
        surroundings = surroundings_of(self.connection, self.found.database)
        schemas = {each.schema for each in self.found.database if each.schema}
        inside = schemas if self.dialect.has_schemas else set()
        return (
            side_of(self.connection, before, labels - gone | untouched, surroundings, inside),
            side_of(self.connection, after, labels, surroundings, inside),
        )

    # The lines of up()

    def _up(self, plan: Plan, writer: Writer, fills: Mapping[Key, list[Lines]]) -> Iterator[Lines]:
        yield from (writer.rename(old, new) for old, new in plan.renamed)
        late = [key for _, key in plan.late]
        early = [key for _, key in plan.early]
        yield from (writer.drop_key(table, key) for table, key in plan.early)
        for table in plan.created:
            yield writer.create(table, late)
        for made in plan.altered:
            yield from fills.get(made.target.key, ())
            yield from writer.alter(made, late, early)
        yield from (writer.add_key(table, key) for table, key in plan.late)
        yield from (writer.drop(table) for table in plan.dropped)

    # What rows get that are there

    def _refuse_rows_in_the_way(self, plan: Plan, values: Values) -> None:
        for made in plan.altered:
            live = replace(made.table, name=made.key[1])
            new = {each.name for each in made.new}
            names = {n: made.old_name(n) for n in made.target.column_names if n not in new}
            step = difference(live, self._as_filled(made, values), names, self.dialect)
            # NULLs are filled by then, and what a type has no room for is said with the losses.
            step = replace(step, changed_columns=(), added=tuple(self._known(made, step.added)))
            for told in self.rows.in_the_way(live, step):
                raise SyncError(f"{told} Nothing was written.")

    def _as_filled(self, made: Alteration, values: Values) -> facts.Table:
        """What it becomes, with what the rows get that are there."""
        table = made.target
        for column in made.new:
            value = values.get((table.name, column.name))
            if value is not None:
                sql = literal_of(self._field(table, column.name), value, self.connection)
                table = with_column(table, replace(column, default=sql))
        return table

    def _known(self, made: Alteration, parts: Iterable[Part]) -> Iterator[Part]:
        """Without the keys to tables, or columns, that are not there yet."""
        for part in parts:
            if not isinstance(part, facts.ForeignKey) or target(part) == node_of(made.target):
                yield part
                continue
            there = self.found.database.find(part.to_table, part.to_schema)
            if there is not None and there.has_column(*part.to_columns):
                yield part

    def _values(self, plan: Plan) -> tuple[Values, dict[Key, list[Lines]]]:
        values: Values = {}
        fills: dict[Key, list[Lines]] = {}
        for made in plan.altered:
            for column in filter(_has_to_be_given, made.new):
                value = self._value(made, column.name, "")
                if value is not None:
                    values[made.target.name, column.name] = value
            for before, after in made.changed:
                if before.null and not after.null:
                    fills.setdefault(made.target.key, []).extend(self._fill(made, after.name))
        return values, fills

    def _fill(self, made: Alteration, name: str) -> Iterator[Lines]:
        without = f"{self.dialect.quote_name(made.old_name(name))} IS NULL"
        value = self._value(made, name, without)
        if value is not None:
            sql = literal_of(self._field(made.target, name), value, self.connection)
            yield fill_of(self.dialect, made, name, sql)

    def _value(self, made: Alteration, name: str, condition: str) -> Value:
        """What the rows get of which the condition holds. Raises SyncError where they get nothing."""
        field = self._field(made.target, name)
        value = value_of(field, self.connection)
        rows, shown = self.rows.count(made.key, condition), f"{made.shown}.{name}"
        if value is not None and field.unique and rows > 1:
            raise SyncError(
                f"{shown} is unique, and {rows:,} rows have no value for it, which cannot all have its "
                "default. Have it with null=True first, fill it, and make it unique and not null in the "
                "next migration. Nothing was written."
            )
        if value is None and rows:
            raise SyncError(
                f"{shown} cannot be null in the models, and {rows:,} row{'s' if rows > 1 else ''} "
                f"{'have' if rows > 1 else 'has'} no value for it. Give the field a default= or "
                "db_default=, or null=True. Nothing was written."
            )
        return value

    def _field(self, table: facts.Table, column: str) -> Any:
        after = self.sides[1]
        label = next(label for label, each in after.tables.items() if each.key == table.key)
        name = next(n for n, each in after.columns[label].items() if each == column)
        return after.models[label]._meta.get_field(name)


def _has_to_be_given(column: facts.Column) -> bool:
    """Whether a row that is there has nothing to put there; all get the same then."""
    has_value = column.default is not None or column.identity or column.generated
    return not (column.null or has_value or ("rowid", "") in column.options)
