"""Tables, views, their triggers and the keys that wait -> parts of a migration."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from kit_django.codegen.adopting.parts import Lines, Part
from kit_django.codegen.adopting.tables import Tables, Unsayable, spelled
from kit_django.codegen.adopting.text import folded, literal, run_sql
from kit_django.schema import facts, statements
from kit_django.schema.clauses import table_name
from kit_django.schema.facts import Node
from kit_django.schema.tables.parts import without_constraints

VIEWS = ("view", "materialized view")
_UNCHECKED_KEYS = (("foreign_key_checks", "0"),)


def node_of_table(table: facts.Table) -> Node:
    return ("relation", table.schema, table.name)


def target(key: facts.ForeignKey) -> Node:
    return ("relation", key.to_schema, key.to_table)


@dataclass(frozen=True)
class Relations:
    """``places`` says where in the order of making each thing stands; what is not in it is there
    before. ``own_words`` are the statements that the database itself keeps."""

    tables: Tables
    database: facts.Database
    places: Mapping[Node, int]
    own_words: Mapping[Node, facts.Object]

    @cached_property
    def waited_for(self) -> frozenset[Node]:
        """The tables that keys of earlier ones lead to."""
        own = [each for each in self.database if node_of_table(each) in self.places]
        return frozenset(target(key) for each in own for key in self._waiting(each))

    def part(self, table: facts.Table) -> Part:
        if table.kind in VIEWS:
            return self._view(table)
        return replace(self._table(table), makes_table=True)

    def _table(self, table: facts.Table) -> Part:
        late = self._waiting(table)
        text = self._kept(table, late) or self._written(table, late)
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
        place = self.places[node_of_table(table)]
        return [key for key in table.foreign_keys if self.places.get(target(key), -1) > place]

    def _kept(self, table: facts.Table, late: Collection[facts.ForeignKey]) -> Part | None:
        """In the statements that the database keeps, with all keys."""
        found = self.own_words.get(node_of_table(table))
        if found is not None:
            session = _UNCHECKED_KEYS if late else ()
            lines = (run_sql(found.sql),)
            return Part(node_of_table(table), lines, self._dropped(table), session=session)
        if self.tables.dialect.adds_constraints or not table.sql:
            return None
        kept = [table.sql, *(index.sql for index in table.indexes if index.sql)]
        return Part(node_of_table(table), tuple(map(run_sql, kept)), self._dropped(table))

    def _written(self, table: facts.Table, late: Collection[facts.ForeignKey]) -> Part:
        """In the statements that its facts are written as."""
        dialect = self.tables.dialect
        unproven = [check for check in table.checks if ("not valid", "") in check.options]
        apart: list[facts.Check | facts.ForeignKey] = [*table.foreign_keys, *unproven]
        bare = without_constraints(table, apart)
        lines = [*statements.sequences_before(dialect, table)]
        lines.append(folded(statements.create_table(dialect, bare), dialect))
        lines += statements.sequences_owned(dialect, table)
        lines += statements.settings_of(dialect, table)
        if table.kind != "partitioned table":
            lines += self._indexes(table)
        lines += [
            statements.add_constraint(dialect, table, each)
            for each in apart
            if each not in late and ("inherited", "") not in each.options
        ]
        lines += statements.comments_of(dialect, table)
        return Part(node_of_table(table), tuple(map(run_sql, lines)), self._dropped(table))

    def _indexes(self, table: facts.Table) -> Iterator[str]:
        """A parent's words for its index leave its partitions out; those of the facts do not."""
        is_parent = table.kind == "partitioned table"
        for index in table.indexes:
            made = replace(index, sql="") if is_parent else index
            yield from statements.index_statements(self.tables.dialect, table, made)

    def indexes(self, table: facts.Table) -> Iterator[Part]:
        """A part for those of a parent: behind its partitions, whose own indexes they take in."""
        if table.kind == "partitioned table" and node_of_table(table) not in self.own_words:
            lines = tuple(map(run_sql, self._indexes(table)))
            if lines:
                yield Part(("indexes", table.schema, table.name), lines)

    def _dropped(self, table: facts.Table) -> Lines:
        """Along with the keys that lead to it, where those are said by another table's own words."""
        keeps_all = self.own_words or not self.tables.dialect.adds_constraints
        is_pointed_to = node_of_table(table) in self.waited_for and keeps_all
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
                if ("inherited", "") not in key.options:
                    yield self._key(table, key)

    def _key(self, table: facts.Table, key: facts.ForeignKey) -> Part:
        dialect = self.tables.dialect
        node = ("foreign key", table.schema, f"{table.name}.{key.name}")
        said_by = node_of_table(table) if node_of_table(table) in self.own_words else None
        name = f"{table_name(dialect, table)} DROP CONSTRAINT {dialect.quote_name(key.name or '')}"
        up, down = statements.add_constraint(dialect, table, key), f"ALTER TABLE {name}"
        text = Part(node, (run_sql(up),), (run_sql(down),), said_by=said_by)
        block = self.tables.foreign_key(table, key)
        if block is None:
            return text
        return Part(node, block, self.tables.without_foreign_key(table, key), text, said_by=said_by)

    # Views and triggers

    def _view(self, table: facts.Table) -> Part:
        dialect, node = self.tables.dialect, node_of_table(table)
        found = self.own_words.get(node)
        is_materialized = table.kind == "materialized view"
        sql = found.sql if found else self._view_statement(table)
        lines = [run_sql(sql)]
        lines += map(run_sql, self._indexes(table))
        word = f"DROP {table.kind.upper()} {table_name(dialect, table)}"
        text = Part(node, tuple(lines), (run_sql(word),), session=found.session if found else ())
        try:
            name = repr(spelled(table.name, table.schema))
        except Unsayable:
            return text
        tail = ", materialized=True" if is_materialized else ""
        down = (f"schema.drop_view({name}{tail})",)
        if found or table.options or _is_statement(table.sql):
            return replace(text, down=down)
        query = literal(_query(table))
        up = (f"schema.create_view({name}, {query}{tail})", *lines[1:])
        return Part(node, up, down, text)

    def _view_statement(self, table: facts.Table) -> str:
        if _is_statement(table.sql):
            return table.sql
        options = ", ".join(f"{name} = {value}" for name, value in table.options)
        said = f" WITH ({options})" if options else ""
        name = table_name(self.tables.dialect, table)
        return f"CREATE {table.kind.upper()} {name}{said} AS\n{_query(table)}"

    def triggers(self, table: facts.Table) -> Iterator[Part]:
        dialect = self.tables.dialect
        for trigger in table.triggers:
            node = ("trigger", table.schema, f"{table.name}.{trigger.name}")
            found = self.own_words.get(("trigger", table.schema, trigger.name))
            if found is not None:
                down = (run_sql(found.drop),)
                yield Part(node, (run_sql(found.sql),), down, session=found.session)
            else:
                one = replace(table, triggers=(trigger,))
                lines = tuple(map(run_sql, statements.triggers_of(dialect, one)))
                yield Part(node, lines, self._trigger_dropped(trigger))

    def _trigger_dropped(self, trigger: facts.Trigger) -> Lines:
        """Nothing where it goes with its table; where a table it uses cannot go before it, first."""
        if not self.tables.dialect.rebuilds_tables:
            return ()
        return (run_sql(f"DROP TRIGGER {self.tables.dialect.quote_name(trigger.name)}"),)


def _query(table: facts.Table) -> str:
    return table.sql.strip().rstrip(";")


def _is_statement(sql: str) -> bool:
    return sql.lstrip()[:6].upper() == "CREATE"
