"""Alterations -> the lines of ``up()``, each saying what it undoes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kit_django.codegen.adopting.columns import Words
from kit_django.codegen.adopting.tables import Tables, Unsayable, spelled
from kit_django.codegen.adopting.text import run_sql
from kit_django.codegen.auto.alterations import Alteration, Pair, own_columns
from kit_django.codegen.auto.inline import Inline, is_of_type, words_of
from kit_django.codegen.source.imports import Imports
from kit_django.exceptions import SyncError
from kit_django.schema import facts
from kit_django.schema.constructs import Value
from kit_django.schema.dialects.base import Dialect
from kit_django.schema.field_reader import FieldReader
from kit_django.schema.names import Suffix, default_name
from kit_django.schema.sql.mentions import mentioned_columns
from kit_django.schema.tables.difference import Part

Lines = tuple[str, ...]
Fields = Mapping[facts.Key, Mapping[str, Any]]
INDENT = "    "
DROPS = {
    facts.Unique: "drop_unique",
    facts.Check: "drop_check",
    facts.ForeignKey: "drop_foreign_key",
    facts.Exclusion: "drop_exclusion",
    facts.Index: "drop_index",
}
SUFFIXES: dict[type, Suffix] = {
    facts.Unique: "unique",
    facts.ForeignKey: "foreign",
    facts.Index: "index",
}
# A modifier that is not said, said.
WITHOUT: dict[str, Value] = {"null": False, "default": None, "collation": None, "comment": ""}
WITHOUT |= {"use_current": False, "use_current_on_update": False}


@dataclass
class Writer:
    """``given`` are the names of parts that the models give; all others are left to kit.

    ``values`` has what rows get that are there before a column which cannot be null, by table and
    column; ``tables`` all tables that keys may lead to, as they will be; ``before`` and ``after`` the
    fields of each table's columns; ``conditions`` those of the models' checks.
    """

    reader: FieldReader
    imports: Imports
    given: Collection[str]
    tables: Mapping[tuple[str | None, str], facts.Table]
    before: Fields
    after: Fields
    conditions: Mapping[tuple[facts.Key, str], Value]
    values: Mapping[tuple[str, str], Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.words = Tables(self.reader, self.imports)
        self.dialect = self.reader.dialect

    # Whole tables

    def create(self, table: facts.Table, late: Collection[Part]) -> Lines:
        """A new table, without the keys in ``late``."""
        lines = self._said_table(table, late, self.given, self.after)
        return (self._head("create_table", table, table.comment), *lines)

    def drop(self, table: facts.Table) -> Lines:
        """With what it was, where that can be said."""
        dropped = f"schema.drop_table({self._name(table)!r})"
        try:
            lines = list(self._said_table(table, (), self._unusual_names(table), self.before))
        except SyncError:
            return (dropped,)
        if table.comment:
            lines.append(f"{INDENT}table.comment({table.comment!r})")
        return (f"with {dropped} as table:", *lines)

    def rename(self, old: facts.Table, new: facts.Table) -> Lines:
        return (f"schema.rename_table({self._name(old)!r}, {self._name(new)!r})",)

    def _said_table(
        self,
        table: facts.Table,
        late: Collection[Part],
        given: Collection[str],
        fields: Fields,
    ) -> Iterator[str]:
        own = [*table.constraints, *table.indexes]
        inline = self._inline(table, [e for e in own if e not in late], given, fields)
        for column in table.columns:
            yield INDENT + self._column(inline, column).render(self.imports)
        for part in inline.left():
            yield INDENT + self._part(part, table, given)

    def _inline(
        self, table: facts.Table, parts: Sequence[Part], given: Collection[str], fields: Fields
    ) -> Inline:
        own = fields.get(table.key, {})
        return Inline(self.words, table, parts, given, self.tables, own)

    # One table's alteration

    def alter(
        self, made: Alteration, late: Collection[Part], early: Collection[Part]
    ) -> Iterator[Lines]:
        """Without the keys in ``late``, which come behind all tables, and those dropped before.

        A default that only the rows that are there need goes in a block of its own: within one, it
        would never have been there.
        """
        for lines in (list(self._altered(made, late, early)), list(self._without_values(made))):
            if lines:
                yield self._head("alter_table", made.target), *(INDENT + line for line in lines)

    def _altered(
        self, made: Alteration, late: Collection[Part], early: Collection[Part]
    ) -> Iterator[str]:
        table, target = made.table, made.target
        retyped = {*self._retyped(made)}
        added = [each for each in made.added if each not in late]
        inline = self._inline(target, added, self.given, self.after)
        own = {each.name for each in (*made.gone, *made.new)}
        dropped = [each for each in made.dropped if each not in early]
        past = self._inline(
            table, dropped, self._unusual_names(table), {table.key: self.before.get(made.key, {})}
        )
        gone = [self._dropped_column(past, each, made) for each in made.gone]
        for part in _keys_first([each for each in dropped if each in past.parts]):
            if self._column_of_type(part, made) not in retyped | own:
                yield self._dropped_part(part, table)
        yield from (f"table.rename({old!r}, {new!r})" for old, new in made.renamed)
        yield from gone
        for pair in made.changed:
            yield self._changed(made, pair, typed=pair[1].name in retyped)
        done = {after.name for _, after in made.changed}
        for name in sorted(retyped - done - own):
            column = target.column(name)
            yield self._changed(made, (column, column), typed=True)
        for column in made.new:
            yield self._new(inline, column, made)
        yield from (f"table.rename_index({o!r}, {n!r})" for o, n in made.renamed_indexes)
        for part in inline.left():
            if self._column_of_type(part, made) not in retyped:
                yield self._part(part, target, self.given)
        if made.has_new_comment:
            yield f"table.comment({target.comment!r}, was={table.comment!r})"

    def _retyped(self, made: Alteration) -> Iterator[str]:
        """Columns whose type says another check now."""
        for part in (*made.dropped, *made.added):
            if name := self._column_of_type(part, made):
                yield name

    def _column_of_type(self, part: Part, made: Alteration) -> str:
        """The column that the check is a part of the type of, if it is, by its new name."""
        if isinstance(part, facts.Check):
            for name in dict.fromkeys((*made.table.column_names, *made.target.column_names)):
                if is_of_type(part, name, self.dialect, self.given):
                    return made.new_name(name)
        return ""

    def _dropped_part(self, part: Part, table: facts.Table) -> str:
        if isinstance(part, facts.PrimaryKey):
            call = "table.drop_primary_key()"
        else:
            named: object = part.name or list(own_columns(part))
            if isinstance(part, facts.Check) and not part.name:
                named = self._columns_of_check(part, table)
            call = f"table.{DROPS[type(part)]}({named!r})"
        try:
            was = self.words.part(part if part.name else _unnamed(part))
        except Unsayable:
            return call
        return f"{call}.was.{was.removeprefix('table.')}"

    def _columns_of_check(self, part: facts.Check, table: facts.Table) -> list[str]:
        return sorted(mentioned_columns(part.sql, table.column_names, self.dialect))

    def _dropped_column(self, past: Inline, column: facts.Column, made: Alteration) -> str:
        """With what stood on it alone, where its words say that too."""
        called = made.new_name(column.name)
        words = past.words(column)
        if words is None:
            return f"table.drop({called!r})"
        return f"table.drop({called!r}).was.{_without_name(words).render(self.imports, '')[1:]}"

    def _changed(self, made: Alteration, pair: Pair, *, typed: bool) -> str:
        before, after = pair
        old_name = made.old_name(after.name)
        field = self.before.get(made.key, {}).get(old_name)
        was = self._plain(made.table, replace(before, name=old_name), made.dropped, field)
        field = self.after.get(made.target.key, {}).get(after.name)
        now = self._plain(made.target, after, made.added, field)
        said = (now.method, now.arguments, _of_type(now))
        typed = typed or said != (was.method, was.arguments, _of_type(was))
        changed = [name for name in WITHOUT if _modifier(was, name) != _modifier(now, name)]
        forth, back = (self._set(each, changed, typed=typed) for each in (now, was))
        return f"table.change({after.name!r}).{forth}.was.{back}"

    def _plain(
        self, table: facts.Table, column: facts.Column, parts: Sequence[Part], field: Any
    ) -> Words:
        """The column by itself: whether it is the key, and numbers rows, does not change."""
        bare = replace(table, primary_key=None)
        checks = [each for each in parts if isinstance(each, facts.Check)]
        checks = [
            each
            for each in (*checks, *table.checks)
            if is_of_type(each, column.name, self.dialect, self.given)
        ]
        words = words_of(self.words, bare, replace(column, identity=None), checks, field)
        if words is None:
            raise _unsaid(table, column)
        return words

    def _set(self, words: Words, changed: Sequence[str], *, typed: bool) -> str:
        said: dict[str, Value] = {name: _modifier(words, name) for name in changed}
        if typed:
            kept = {name: value for name, value in words.keywords.items() if name not in WITHOUT}
            words = replace(_without_name(words), keywords={**kept, **said})
        else:
            words = Words("set", "", (), said)
        return words.render(self.imports, "")[1:]

    def _new(self, inline: Inline, column: facts.Column, made: Alteration) -> str:
        words = self._column(inline, column)
        value = self.values.get((made.target.name, column.name))
        return (words if value is None else words.with_(default=value)).render(self.imports)

    def _without_values(self, made: Alteration) -> Iterator[str]:
        inline = self._inline(made.target, (), self.given, self.after)
        for column in made.new:
            value = self.values.get((made.target.name, column.name))
            if value is None:
                continue
            words = self._column(inline, column)
            # A column of texts would take these for texts, and one of numbers a duration for none.
            typed = isinstance(value, list | dict) or "DurationField" in self._class_of(
                made, column
            )
            forth, back = (
                self._set(words.with_(default=each), ["default"], typed=typed)
                for each in (None, value)
            )
            yield f"table.change({column.name!r}).{forth}.was.{back}"

    def _class_of(self, made: Alteration, column: facts.Column) -> list[str]:
        field = self.after.get(made.target.key, {}).get(column.name)
        return [each.__name__ for each in type(field).__mro__]

    # Keys that come before or behind the rest

    def add_key(self, table: facts.Table, key: facts.ForeignKey) -> Lines:
        line = self._part(key, table, self.given)
        return (self._head("alter_table", table), INDENT + line)

    def drop_key(self, table: facts.Table, key: Part) -> Lines:
        return (self._head("alter_table", table), INDENT + self._dropped_part(key, table))

    # Words

    def _unusual_names(self, table: facts.Table) -> set[str]:
        """The names of parts that are not those which kit gives of itself."""
        parts: list[Part] = [*table.uniques, *table.foreign_keys, *table.indexes]
        names = {part.name for part in parts if part.name != _usual_name(table, part)}
        for check in table.checks:
            columns = (n for n in table.column_names if is_of_type(check, n, self.dialect, ()))
            if check.name not in {default_name(table.name, (n,), "check") for n in columns}:
                names.add(check.name)
        return {name for name in names if name}

    def _column(self, inline: Inline, column: facts.Column) -> Words:
        words = inline.words(column)
        if words is None:
            raise _unsaid(inline.table, column)
        return words

    def _part(self, part: Part, table: facts.Table, given: Collection[str]) -> str:
        condition = self.conditions.get((table.key, part.name or ""))
        if condition is not None and isinstance(part, facts.Check):
            said = {"name": part.name}
            return Words("check", "", (condition,), said).render(self.imports)
        try:
            return self.words.part(part if part.name in given else _unnamed(part))
        except Unsayable as error:
            raise SyncError(
                f"No operation says the {getattr(part, 'kind', 'index')} {part.name!r} of "
                f"{table.display_name}. Write that migration by hand; nothing was written."
            ) from error

    def _head(self, method: str, table: facts.Table, comment: str = "") -> str:
        said = f", comment={comment!r}" if comment else ""
        return f"with schema.{method}({self._name(table)!r}{said}) as table:"

    @staticmethod
    def _name(table: facts.Table) -> str:
        try:
            return spelled(table.name, table.schema)
        except Unsayable as error:
            raise SyncError(
                f"No operation can be told the name {table.name!r}. Write that migration by hand; "
                "nothing was written."
            ) from error


def fill_of(dialect: Dialect, made: Alteration, column: str, literal: str) -> Lines:
    """What gives the rows a value that have none, before the column cannot be null."""
    table = dialect.quote_qualified(made.target.name, made.target.schema)
    name = dialect.quote_name(made.old_name(column))
    sql = f"UPDATE {table} SET {name} = {literal} WHERE {name} IS NULL"
    return (f"{run_sql(sql)[:-1]}, reverse='')",)


def _keys_first(parts: Sequence[Part]) -> list[Part]:
    return sorted(parts, key=lambda each: not isinstance(each, facts.ForeignKey))


def _usual_name(table: facts.Table, part: Part) -> str:
    suffix: Suffix = SUFFIXES[type(part)]
    if isinstance(part, facts.Index) and part.unique:
        suffix = "unique"
    return default_name(table.name, own_columns(part), suffix)


def _unnamed(part: Part) -> Part:
    return replace(part, name="")


def _without_name(words: Words) -> Words:
    return replace(words, name="")


def _of_type(words: Words) -> dict[str, Value]:
    return {name: value for name, value in words.keywords.items() if name not in WITHOUT}


def _modifier(words: Words, name: str) -> Value:
    return words.keywords.get(name, WITHOUT[name])


def _unsaid(table: facts.Table, column: facts.Column) -> SyncError:
    return SyncError(
        f"No operation says the column {column.name!r} of {table.display_name}, which is "
        f"{column.type}. Write that migration by hand; nothing was written."
    )
