"""Tables, views, their triggers and the keys that wait -> parts of a migration."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from kit_django.codegen.adopting.parts import Lines, Part
from kit_django.codegen.adopting.tables import Tables, Unsayable, spelled
from kit_django.codegen.adopting.text import literal, run_sql
from kit_django.schema import facts, statements
from kit_django.schema.clauses import table_name
from kit_django.schema.facts import Node
from kit_django.schema.sql.folding import folded
from kit_django.schema.tables.parts import without_constraints
from kit_django.schema.whole import (
    VIEWS,
    Words,
    is_inherited,
    is_statement,
    node_of,
    query_of,
    target,
)

_UNCHECKED_KEYS = (("foreign_key_checks", "0"),)


@dataclass(frozen=True)
class Relations:
    """``places`` says where in the order of making each thing stands; what is not in it is there
    before."""

    tables: Tables
    database: facts.Database
    places: Mapping[Node, int]
    words: Words

    @cached_property
    def waited_for(self) -> frozenset[Node]:
        """The tables that keys of earlier ones lead to."""
        own = [each for each in self.database if node_of(each) in self.places]
        return frozenset(target(key) for each in own for key in self._waiting(each))

    def part(self, table: facts.Table) -> Part:
        if table.kind in VIEWS:
            return self._view(table)
        return replace(self._table(table), makes_table=True)

    def _table(self, table: facts.Table) -> Part:
        late = self._waiting(table)
        text = self._text(table, late)
        if late and not self.tables.dialect.adds_constraints:
            return text
        block = self.tables.block(without_constraints(table, late))
        if block is None:
            return text
        before = statements.sequences_before(self.tables.dialect, table)
        after = statements.sequences_owned(self.tables.dialect, table)
        lines = (*map(run_sql, before), *block, *map(run_sql, after))
        return Part(text.node, lines, self._dropped(table), replace(text, makes_table=True))

    def _waiting(self, table: facts.Table) -> list[facts.ForeignKey]:
        """The keys that lead to what is made later."""
        place = self.places[node_of(table)]
        return [key for key in table.foreign_keys if self.places.get(target(key), -1) > place]

    def _text(self, table: facts.Table, late: Collection[facts.ForeignKey]) -> Part:
        dialect = self.tables.dialect
        made = self.words.table(table, late)
        # What a database keeps word for word is not written in other lines.
        written = [folded(each, dialect) for each in made] if dialect.adds_constraints else made
        lines = [run_sql(each) for each in written]
        is_kept = node_of(table) in self.words.kept
        session = _UNCHECKED_KEYS if late and is_kept else ()
        return Part(node_of(table), tuple(lines), self._dropped(table), session=session)

    def indexes(self, table: facts.Table) -> Iterator[Part]:
        """A part for those of a parent: behind its partitions, whose own indexes they take in."""
        lines = tuple(map(run_sql, self.words.late_indexes(table)))
        if lines:
            yield Part(("indexes", table.schema, table.name), lines)

    def _dropped(self, table: facts.Table) -> Lines:
        """Along with the keys that lead to it, where those are said by another table's own words."""
        keeps_all = self.words.kept or not self.tables.dialect.adds_constraints
        is_pointed_to = node_of(table) in self.waited_for and keeps_all
        tail = ", cascade=True" if is_pointed_to else ""
        try:
            return (f"schema.drop_table({spelled(table.name, table.schema)!r}{tail})",)
        except Unsayable:
            return (run_sql(f"DROP TABLE {table_name(self.tables.dialect, table)}"),)

    # Keys that close a circle

    def keys(self, table: facts.Table) -> Iterator[Part]:
        """A part for each key that had to wait, where a table that is there takes one."""
        if self.tables.dialect.adds_constraints and table.kind not in VIEWS:
            for key in self._waiting(table):
                if not is_inherited(key):
                    yield self._key(table, key)

    def _key(self, table: facts.Table, key: facts.ForeignKey) -> Part:
        dialect = self.tables.dialect
        node = ("foreign key", table.schema, f"{table.name}.{key.name}")
        said_by = node_of(table) if node_of(table) in self.words.kept else None
        name = f"{table_name(dialect, table)} DROP CONSTRAINT {dialect.quote_name(key.name or '')}"
        up, down = statements.add_constraint(dialect, table, key), f"ALTER TABLE {name}"
        text = Part(node, (run_sql(up),), (run_sql(down),), said_by=said_by)
        block = self.tables.foreign_key(table, key)
        if block is None:
            return text
        return Part(node, block, self.tables.without_foreign_key(table, key), text, said_by=said_by)

    # Views and triggers

    def _view(self, table: facts.Table) -> Part:
        dialect, node = self.tables.dialect, node_of(table)
        lines = [run_sql(each) for each in self.words.view(table)]
        word = f"DROP {table.kind.upper()} {table_name(dialect, table)}"
        text = Part(node, tuple(lines), (run_sql(word),), session=self.words.session(node))
        try:
            name = repr(spelled(table.name, table.schema))
        except Unsayable:
            return text
        tail = ", materialized=True" if table.kind == "materialized view" else ""
        down = (f"schema.drop_view({name}{tail})",)
        if node in self.words.kept or table.options or is_statement(table.sql):
            return replace(text, down=down)
        up = (f"schema.create_view({name}, {literal(query_of(table))}{tail})", *lines[1:])
        return Part(node, up, down, text)

    def triggers(self, table: facts.Table) -> Iterator[Part]:
        """Dropped first: what one uses may go before its table."""
        for trigger in table.triggers:
            node = ("trigger", table.schema, f"{table.name}.{trigger.name}")
            lines = tuple(map(run_sql, self.words.trigger(table, trigger)))
            found = self.words.kept.get(("trigger", table.schema, trigger.name))
            if found is not None:
                yield Part(node, lines, (run_sql(found.drop),), session=found.session)
            else:
                dropped = statements.drop_trigger(self.tables.dialect, table, trigger)
                yield Part(node, lines, (run_sql(dropped),))
