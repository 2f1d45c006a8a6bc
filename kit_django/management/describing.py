"""Facts of a database, as lines that people read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.template.defaultfilters import filesizeformat

from kit_django.runner.words import one_line
from kit_django.schema.facts import Column, ForeignKey, Index, Key, Table, display_name
from kit_django.schema.introspection.measures import Measure


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key as the table sees it that it refers to."""

    table: Key
    key: ForeignKey


def table_lines(
    table: Table, measure: Measure, references: Sequence[Reference], rows: int | None
) -> Iterator[str]:
    """All of a table: its columns, keys both ways, indexes, checks and triggers."""
    yield " ".join([f"{one_line(table.display_name)}", *_about(table, measure, rows)])
    if table.comment:
        yield one_line(table.comment)
    yield from _section("Columns", [_column(each, table) for each in table.columns])
    yield from _section("Indexes", [*_keys(table), *map(_index, table.indexes)])
    yield from _section("Foreign keys", [_foreign_key(each) for each in table.foreign_keys])
    yield from _section("Referred to by", [_reference(each) for each in references])
    checks = [(each.name or "", each.sql) for each in table.checks]
    yield from _section("Checks", [*checks, *((each.name, each.sql) for each in table.exclusions)])
    yield from _section("Triggers", [(each.name,) for each in table.triggers])


def aligned(rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> Iterator[str]:
    """A line for each row, its cells below each other; those in ``right`` end at the same place."""
    shown = [[one_line(cell) for cell in row] for row in rows]
    widths = [max(map(len, cells)) for cells in zip(*shown, strict=True)] if shown else []
    for row in shown:
        cells = (
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(cells).rstrip()


def size_of(size: int | None) -> str:
    return "" if size is None else str(filesizeformat(size)).replace("\xa0", " ")


def rows_of(measure: Measure, rows: int | None) -> str:
    """The number that was counted, or the database's estimate."""
    if rows is not None:
        return f"{rows:,}"
    return "" if measure.rows is None else f"~{measure.rows:,}"


def _about(table: Table, measure: Measure, rows: int | None) -> list[str]:
    number = rows_of(measure, rows)
    said = [
        "" if table.kind == "table" else table.kind,
        f"{number} rows" if number else "",
        size_of(measure.size),
        measure.engine,
    ]
    return [f"({', '.join(each for each in said if each)})"] if any(said) else []


def _section(title: str, rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if rows:
        yield ""
        yield title
        longest = max(map(len, rows))
        yield from (
            f"  {line}" for line in aligned([[*row, *[""] * (longest - len(row))] for row in rows])
        )


def _column(column: Column, table: Table) -> tuple[str, str, str, str]:
    said = []
    if column.default is not None and column.identity is None:
        said.append(f"default {column.default}")
    if column.identity is not None:
        said.append("numbers its rows")
    if column.generated is not None:
        stored = "stored" if column.generated.stored else "virtual"
        said.append(f"generated as ({column.generated.expression}) {stored}")
    if table.primary_key and column.name in table.primary_key.columns:
        said.append("primary key")
    if column.collation:
        said.append(f"collation {column.collation}")
    if column.comment:
        said.append(column.comment)
    return column.name, column.type, "null" if column.null else "not null", ", ".join(said)


def _keys(table: Table) -> Iterator[tuple[str, str, str]]:
    for each in (*((table.primary_key,) if table.primary_key else ()), *table.uniques):
        yield each.name or "", ", ".join(each.columns), each.kind


def _index(index: Index) -> tuple[str, str, str]:
    said = [
        "unique" if index.unique else "",
        index.method,
        f"where {index.where}" if index.where else "",
        f"include {', '.join(index.include)}" if index.include else "",
        "" if index.valid else "invalid",
    ]
    parts = ", ".join(each.column or f"({each.expression})" for each in index.parts)
    return index.name, parts, ", ".join(each for each in said if each)


def _foreign_key(key: ForeignKey) -> tuple[str, str, str]:
    to = display_name((key.to_schema, key.to_table))
    return (
        ", ".join(key.columns),
        f"-> {to} ({', '.join(key.to_columns)})",
        f"on delete {key.on_delete.lower()}",
    )


def _reference(reference: Reference) -> tuple[str, str]:
    columns = ", ".join(reference.key.columns)
    return display_name(reference.table), f"({columns}) on delete {reference.key.on_delete.lower()}"
