"""Whether two databases are the same: by what kit reads of both, and by the database's own dump."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema import clauses, facts, statements
from kit_django.schema.dialects import dialect_named
from kit_django.schema.dialects.base import Dialect
from kit_django.schema.introspection import dump_of, introspect, surroundings
from kit_django.schema.introspection.dumps import NoDump
from kit_django.schema.whole import type_statements

Dump = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Picture:
    """All that is known of a database. ``dump`` is None where there is no tool, and ``reason`` why."""

    database: facts.Database
    around: facts.Surroundings
    dump: Dump | None = None
    reason: str = ""

    @classmethod
    def of(cls, connection: BaseDatabaseWrapper, *, with_dump: bool = True) -> Picture:
        around = surroundings(connection)
        database = introspect(connection, schemas=around.schemas, views=True, partitions=True)
        if not with_dump:
            return cls(database, around)
        try:
            return cls(database, around, dump_of(connection))
        except NoDump as reason:
            return cls(database, around, reason=str(reason))


def differences(wanted: Picture, found: Picture) -> list[str]:
    """What differs, a line for each, with ``-`` for what is missing and ``+`` for what is new."""
    lines = [*of_things(wanted, found)]
    if not lines and wanted.dump is not None and found.dump is not None:
        return [*_of_dumps(wanted.dump, found.dump)]
    return lines or [*_of_dumps(_texts(wanted), _texts(found))]


def of_things(
    wanted: Picture, found: Picture, names: Collection[str] | None = None
) -> Iterator[str]:
    """The differences of what was read; with ``names``, of those things alone."""
    one, other = things(wanted), things(found)
    words = Words(dialect_named(wanted.database.vendor))
    for name in sorted({*one, *other} if names is None else names):
        yield from _difference(words, name, one.get(name), other.get(name))


def things(picture: Picture) -> dict[str, Any]:
    """Each thing that was read, by what people call it."""
    found: dict[str, Any] = {f"schema {name}": name for name in picture.around.schemas}
    found |= {_name_of(each): each for each in _facts(picture.database)}
    for each in picture.around.objects:
        if each.kind != "table":  # which its facts say, whatever its text
            found[f"{each.kind} {_called(each)}"] = replace(each, session=())
    return found


def words_of_tables(picture: Picture) -> dict[str, str]:
    """Where the database keeps them, by the names that their facts have."""
    return {
        f"table {_called(each)}": each.sql
        for each in picture.around.objects
        if each.kind == "table"
    }


def _texts(picture: Picture) -> Dump:
    return {name: tuple(sql.splitlines()) for name, sql in words_of_tables(picture).items()}


def nodes(picture: Picture) -> Iterator[tuple[str, facts.Node]]:
    """Tables, views, types and sequences by the same names."""
    for each in _facts(picture.database):
        is_relation = isinstance(each, facts.Table | facts.Sequence)
        yield _name_of(each), ("relation" if is_relation else "type", each.schema, each.name)


def _facts(database: facts.Database) -> Iterator[Any]:
    yield from (*database.enums, *database.domains, *database.composites)
    yield from (*database.sequences, *database.tables)


def _name_of(each: Any) -> str:
    word = each.kind if isinstance(each, facts.Table) else type(each).__name__.lower()
    return f"{word} {_called(each)}"


def _called(each: Any) -> str:
    return f"{each.schema}.{each.name}" if each.schema else str(each.name)


def _difference(words: Words, name: str, wanted: Any, found: Any) -> Iterator[str]:
    if wanted == found:
        return
    if wanted is None or found is None:
        yield f"{'+' if wanted is None else '-'} {name}"
    elif not isinstance(wanted, facts.Table):
        yield from _pairs(name, [words.of(wanted)], [words.of(found)], [wanted], [found])
    else:
        for each in fields(facts.Table):
            old, new = getattr(wanted, each.name), getattr(found, each.name)
            if each.compare and old != new:
                yield from _one_by_one(words, wanted, each.name, old, new)


def _one_by_one(
    words: Words, table: facts.Table, part: str, wanted: Any, found: Any
) -> Iterator[str]:
    name = f"{table.kind} {_called(table)}"
    if not isinstance(wanted, tuple):
        wanted, found = (wanted,), (found,)
    gone = list((Counter(wanted) - Counter(found)).elements())
    come = list((Counter(found) - Counter(wanted)).elements())
    old = [words.of_table(table, part, each) for each in gone]
    new = [words.of_table(table, part, each) for each in come]
    yield from _pairs(name, old, new, gone, come)
    if not gone and not come:
        yield f"- {name}: {part} in the order of {', '.join(map(_called, wanted))}"


def _pairs(
    name: str, old: list[str], new: list[str], wanted: list[Any], found: list[Any]
) -> Iterator[str]:
    """What is told alike, and differs all the same, is told in whole."""
    alike = {*old} & {*new}
    for sign, texts, things in (("-", old, wanted), ("+", new, found)):
        for text, each in zip(texts, things, strict=True):
            yield f"{sign} {name}: {each if text in alike else text}"


@dataclass(frozen=True)
class Words:
    """Facts in the words of their database."""

    dialect: Dialect

    def of(self, each: Any) -> str:
        if isinstance(each, facts.Object):
            return _in_a_line(each.sql)
        if isinstance(each, facts.Enum | facts.Domain | facts.Composite | facts.Sequence):
            return "; ".join(map(_in_a_line, type_statements(self.dialect, each)))
        return str(each)

    def of_table(self, table: facts.Table, part: str, each: Any) -> str:
        match each:
            case facts.Column():
                return f"column {clauses.column_definition(self.dialect, each)}"
            case facts.Index():
                made = statements.index_statements(self.dialect, table, each)
                return "; ".join(map(_in_a_line, made))
            case facts.Trigger():
                return _in_a_line(each.sql)
            case (
                facts.PrimaryKey()
                | facts.Unique()
                | facts.Check()
                | facts.ForeignKey()
                | facts.Exclusion()
            ):
                return clauses.constraint_clause(self.dialect, each)
            case (str(), str()):
                return f"{part}: {' '.join(each)}".rstrip()
        return f"{part.replace('_', ' ')}: {each}"


def _in_a_line(sql: str) -> str:
    return " ".join(sql.split())


def _of_dumps(wanted: Dump, found: Dump) -> Iterator[str]:
    for name in sorted({*wanted, *found}):
        old, new = wanted.get(name, ()), found.get(name, ())
        gone, come = Counter(old) - Counter(new), Counter(new) - Counter(old)
        yield from (f"- {name}: {line}" for line in gone.elements())
        yield from (f"+ {name}: {line}" for line in come.elements())
        if old != new and not gone and not come:
            yield f"- {name}: in another order"
