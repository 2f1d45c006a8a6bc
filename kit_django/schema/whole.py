"""All of a database, each thing behind what it is built on, in the database's own words.

The order is that of names wherever one thing is not built on another, so that it does not move with
what is added elsewhere. Everything here is a pure function of facts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

from kit_django.schema import facts, statements
from kit_django.schema.clauses import table_name
from kit_django.schema.dialects import dialect_named
from kit_django.schema.dialects.base import Dialect
from kit_django.schema.facts import Node
from kit_django.schema.named import Namespace
from kit_django.schema.sql.folding import folded
from kit_django.schema.sql.restored import restorable
from kit_django.schema.tables.order import views_in_order
from kit_django.schema.tables.ordering import in_order
from kit_django.schema.tables.parts import without_constraints

Type = facts.Enum | facts.Domain | facts.Composite | facts.Sequence
Thing = facts.Table | facts.Object | Type
Step = TypeVar("Step")

VIEWS = ("view", "materialized view")
FAMILIES = {"function": "routine", "procedure": "routine", "aggregate": "routine", "range": "type"}
FAMILIES |= {"table": "relation", "view": "relation"}
# What stands on tables and views, and is made behind them all, in this order.
LATE = ("event", "policy", "rule", "statistics", "setting", "comment")
# What a table or view has in its own words.
OF_RELATIONS = ("table", "view", "trigger")
FIRST = ("extension", "collation")
LAST = (*LATE, *OF_RELATIONS)


def node_of(thing: Thing) -> Node:
    """What tells it from all other things of its database."""
    match thing:
        case facts.Object():
            return (FAMILIES.get(thing.kind, thing.kind), thing.schema, thing.name)
        case facts.Table() | facts.Sequence():
            return ("relation", thing.schema, thing.name)
        case _:
            return ("type", thing.schema, thing.name)


def owner_of(each: facts.Object) -> Node:
    """The table or view that it stands on."""
    return ("relation", each.schema, each.on or "")


def target(key: facts.ForeignKey) -> Node:
    return ("relation", key.to_schema, key.to_table)


def things(database: facts.Database, around: facts.Surroundings) -> Iterator[Thing]:
    """All that is made in an order of its own, as it would come if nothing asked for another.

    Routines come first where the database tells what they need, as much may need them; else behind
    the tables, which cannot.
    """
    objects = [each for each in by_name(around.objects) if each.kind not in LAST]
    routines = [each for each in objects if each.kind not in FIRST]
    yield from (each for kind in FIRST for each in objects if each.kind == kind)
    yield from database.enums
    yield from database.domains
    yield from database.composites
    yield from database.sequences
    yield from routines if around.needs else ()
    tables = {node_of(each): each for each in database}
    yield from (each for each in tables.values() if each.kind not in VIEWS)
    yield from () if around.needs else routines
    for view in views_in_order(database.views, dialect_named(database.vendor)):
        yield tables["relation", view.schema, view.name]


def by_name(objects: Collection[facts.Object]) -> list[facts.Object]:
    """Sorted as they are sorted on every server, whatever its collation."""
    return sorted(objects, key=lambda each: (each.kind, each.schema or "", each.name))


def late(objects: Collection[facts.Object]) -> list[facts.Object]:
    """What is made behind all tables, what is set for it and comments on it behind that."""
    found = [each for each in by_name(objects) if each.kind in LATE]
    return sorted(found, key=lambda each: LATE.index(each.kind))


def needs(database: facts.Database, around: facts.Surroundings) -> set[tuple[Node, Node]]:
    """What the database tells, the sequences of columns standing for their tables. A sequence that
    a table takes from is made before it, whoever owns it."""
    owners = {
        ("relation", table.schema, column.identity.sequence): node_of(table)
        for table in database
        for column in table.columns
        if column.identity and column.identity.sequence
    }
    sequences = {node_of(each) for each in database.sequences}
    return {
        (owners.get(one, one), owners.get(other, other))
        for one, other in around.needs
        if not (one in sequences and (other, one) in around.needs)
    }


def type_statements(dialect: Dialect, made: Type) -> Iterator[str]:
    """An enum, a domain, a composite type or a sequence."""
    yield statements.create_named(dialect, made)
    if isinstance(made, facts.Domain):
        yield from statements.late_checks(dialect, made)


@dataclass(frozen=True)
class Words:
    """Tables, views and triggers in the database's own words: ``kept`` where it keeps them, else
    those that their facts are written as."""

    dialect: Dialect
    kept: Mapping[Node, facts.Object]

    @classmethod
    def of(cls, dialect: Dialect, around: facts.Surroundings) -> Words:
        own = {node_of(each): each for each in around.objects if each.kind in OF_RELATIONS}
        return cls(dialect, own)

    def table(self, table: facts.Table, late: Collection[facts.ForeignKey]) -> list[str]:
        """A table and its indexes, without the keys in ``late`` where it can get those later."""
        found = self.kept.get(node_of(table))
        if found is not None:
            return [found.sql]
        if not self.dialect.adds_constraints and table.sql:
            return [table.sql, *(index.sql for index in table.indexes if index.sql)]
        return list(self._written(table, late))

    def _written(self, table: facts.Table, late: Collection[facts.ForeignKey]) -> Iterator[str]:
        dialect = self.dialect
        unproven = [check for check in table.checks if ("not valid", "") in check.options]
        twins = statements.twins_of(dialect, table)
        apart: list[facts.Unique | facts.Check | facts.ForeignKey] = [
            *twins,
            *table.foreign_keys,
            *unproven,
        ]
        yield from statements.sequences_before(dialect, table)
        named = replace(
            table, columns=tuple(self._with_sequence(table, each) for each in table.columns)
        )
        yield statements.create_table(dialect, without_constraints(named, apart))
        yield from statements.sequences_owned(dialect, table)
        yield from statements.settings_of(dialect, table)
        if not is_parent(table):
            yield from self.indexes(table)
        for each in apart:
            if each not in late and not is_inherited(each):
                yield statements.add_constraint(dialect, table, each)
        yield from statements.comments_of(dialect, table)

    def indexes(self, table: facts.Table) -> Iterator[str]:
        """A parent's words for its index leave its partitions out; those of the facts do not. One
        that is not valid has none, or takes them in one by one."""
        for index in table.indexes:
            made = replace(index, sql="") if is_parent(table) and index.valid else index
            yield from statements.index_statements(self.dialect, table, made)

    def late_indexes(self, table: facts.Table) -> list[str]:
        """Those of a parent: behind its partitions, whose own indexes they take in."""
        is_made_late = is_parent(table) and node_of(table) not in self.kept
        return list(self.indexes(table)) if is_made_late else []

    def view(self, view: facts.Table) -> list[str]:
        found = self.kept.get(node_of(view))
        sql = found.sql if found else self._view_statement(view)
        return [sql, *self._view_defaults(view), *self.indexes(view)]

    def _view_defaults(self, view: facts.Table) -> Iterator[str]:
        """Those of PostgreSQL, for rows that are put into a view; elsewhere they are the tables'."""
        if node_of(view) not in self.kept and not is_statement(view.sql):
            name = table_name(self.dialect, view)
            for column in view.columns:
                if column.default is not None:
                    quoted = self.dialect.quote_name(column.name)
                    yield f"ALTER VIEW {name} ALTER COLUMN {quoted} SET DEFAULT {column.default}"

    def _view_statement(self, view: facts.Table) -> str:
        if is_statement(view.sql):
            return view.sql
        options = ", ".join(f"{name} = {value}" for name, value in view.options)
        said = f" WITH ({options})" if options else ""
        head = f"CREATE {view.kind.upper()} {table_name(self.dialect, view)}{said}"
        return f"{head} AS\n{restorable(query_of(view), self.dialect)}"

    def trigger(self, table: facts.Table, trigger: facts.Trigger) -> tuple[str, ...]:
        found = self.kept.get(("trigger", table.schema, trigger.name))
        if found is not None:
            return (found.sql,)
        return tuple(statements.triggers_of(self.dialect, replace(table, triggers=(trigger,))))

    def session(self, node: Node) -> facts.Settings:
        """The settings that the words of a view or trigger were written under."""
        found = self.kept.get(node)
        return found.session if found else ()

    def _with_sequence(self, table: facts.Table, column: facts.Column) -> facts.Column:
        """The name of an identity's sequence is said where it is another than PostgreSQL would give."""
        identity = column.identity
        if identity is None or identity.kind not in ("always", "by default"):
            return column
        if identity.sequence in ("", f"{table.name}_{column.name}_seq"):
            return column
        name = ("sequence name", self.dialect.quote_qualified(identity.sequence, table.schema))
        return replace(column, identity=replace(identity, options=(name, *identity.options)))


def query_of(view: facts.Table) -> str:
    return view.sql.strip().rstrip(";")


def is_statement(sql: str) -> bool:
    return sql.lstrip()[:6].upper() == "CREATE"


def is_parent(table: facts.Table) -> bool:
    """Whether it has partitions, be it one itself or not."""
    is_partition_of_some = table.kind == "partition" and table.option("partition key") is not None
    return table.kind == "partitioned table" or is_partition_of_some


def is_inherited(constraint: facts.Check | facts.ForeignKey | facts.Unique) -> bool:
    return ("inherited", "") in constraint.options


# A whole database


@dataclass(frozen=True)
class Group:
    """The statements that make one thing, and the settings that their session has meanwhile."""

    node: Node
    statements: Sequence[str]
    session: facts.Settings = ()


def in_sessions(
    steps: Iterable[tuple[facts.Settings, Step]], dialect: Dialect, said: Callable[[str], Step]
) -> Iterator[Step]:
    """The steps in their order, and between them what sets the session as each needs it, and sets it
    back; ``said`` is a step that runs SQL."""
    now: facts.Settings = ()
    for wanted, step in steps:
        if wanted != now:
            if now:
                yield said(dialect.leave_session(now))
            if wanted:
                yield said(dialect.enter_session(wanted))
            now = wanted
        yield step
    if now:
        yield said(dialect.leave_session(now))


@dataclass(frozen=True)
class Whole:
    """``left_out`` is not made, nor what stands on it."""

    dialect: Dialect
    database: facts.Database
    around: facts.Surroundings
    left_out: Set[Node] = frozenset()

    def groups(self) -> Iterator[Group]:
        """What makes all of it in an empty database. Keys come behind all tables, triggers and what
        else stands on tables behind those."""
        for name in self.around.schemas:
            yield Group(("schema", None, name), [self._schema(name)])
        for thing in self.order:
            yield self._group(thing)
        for thing in reversed(self.order):  # partitions of partitions before what they are parts of
            if isinstance(thing, facts.Table):
                yield Group(node_of(thing), self.words.late_indexes(thing))
        for table in self.tables:
            yield Group(node_of(table), list(self._keys(table)))
        for table in self.tables:
            for trigger in table.triggers:
                node = ("trigger", table.schema, trigger.name)
                sql = self.words.trigger(table, trigger)
                yield Group(node, sql, self.words.session(node))
        for each in late(self.around.objects):
            if self.left_out.isdisjoint({node_of(each), owner_of(each)}):
                yield Group(node_of(each), [each.sql], each.session)

    @cached_property
    def words(self) -> Words:
        return Words.of(self.dialect, self.around)

    @cached_property
    def order(self) -> list[Thing]:
        found = {node_of(each): each for each in things(self.database, self.around)}
        kept = [node for node in found if node not in self.left_out]
        order = in_order(kept, needs(self.database, self.around), self.around.named)
        return [found[node] for node in order]

    @cached_property
    def tables(self) -> list[facts.Table]:
        found = [each for each in self.order if isinstance(each, facts.Table)]
        return sorted(found, key=lambda each: (each.schema or "", each.name))

    def _schema(self, name: str) -> str:
        # A new database has that one.
        return statements.create_named(
            self.dialect, Namespace(name), if_not_exists=name == "public"
        )

    def _group(self, thing: Thing) -> Group:
        node = node_of(thing)
        match thing:
            case facts.Table() if thing.kind in VIEWS:
                return Group(node, self.words.view(thing), self.words.session(node))
            case facts.Table(kind="virtual table"):
                return Group(node, [thing.sql])  # whose module reads its words
            case facts.Table():
                made = self.words.table(thing, thing.foreign_keys)
                return Group(node, [folded(each, self.dialect) for each in made])
            case facts.Object():
                return Group(node, [thing.sql], thing.session)
            case _:
                return Group(node, list(type_statements(self.dialect, thing)))

    def _keys(self, table: facts.Table) -> Iterator[str]:
        if self.dialect.adds_constraints and node_of(table) not in self.words.kept:
            for key in table.foreign_keys:
                if not is_inherited(key):
                    yield statements.add_constraint(self.dialect, table, key)
