"""Which rows stand in the way of a change, as queries: facts in, SQL out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from kit_django.operations.changes.base import Needs
from kit_django.operations.lookups.rows import ROWS, Rows
from kit_django.schema import clauses, facts
from kit_django.schema.dialects.base import Dialect
from kit_django.schema.tables.difference import Difference

UNCHECKED = ("not valid", "not enforced")


@dataclass(frozen=True)
class Lookup:
    """``source`` is all behind FROM; ``shown`` are names of its columns that a person should see."""

    problem: str
    source: str
    advice: str
    shown: tuple[str, ...] = ()


def lookups(step: Difference, needs: Needs, rows: Rows) -> Iterator[Lookup]:
    """What the step demands of the rows that are there."""
    for old, new in step.changed_columns:
        if needs.using is None and old.null and not new.null and new.name in rows.names:
            yield _nulls(rows.names[new.name], rows)
    if needs.labels is not None and needs.labels[0] in rows.names:
        yield _unlisted(rows.names[needs.labels[0]], needs.labels[1], rows)
    for part in step.added:
        match part:
            case facts.PrimaryKey() | facts.Unique() | facts.Index(unique=True):
                yield from _twins(_as_index(part), rows)
            case facts.Check():
                yield from _against(part, rows)
            case facts.ForeignKey():
                yield from _orphans(part, rows)


def _nulls(name: str, rows: Rows) -> Lookup:
    return Lookup(
        f"Column {name!r} of {rows.table.display_name!r} has NULLs, and is to refuse them",
        f"{rows.as_they_are()} WHERE {ROWS}.{rows.dialect.quote_name(name)} IS NULL",
        "Fill them first.",
    )


def _unlisted(name: str, labels: tuple[str, ...], rows: Rows) -> Lookup:
    column, listed = (
        f"{ROWS}.{rows.dialect.quote_name(name)}",
        map(rows.dialect.quote_literal, labels),
    )
    text = f"{column}::text" if rows.dialect.enums == "type" else column
    return Lookup(
        f"Column {name!r} of {rows.table.display_name!r} holds values that are none of "
        f"{', '.join(map(repr, labels))}",
        f"{rows.as_they_are()} WHERE {text} NOT IN ({', '.join(listed)})",
        "Change those first.",
        (name,),
    )


def _as_index(key: facts.PrimaryKey | facts.Unique | facts.Index) -> facts.Index:
    if isinstance(key, facts.Index):
        return key
    is_distinct = isinstance(key, facts.Unique) and key.nulls_distinct
    return facts.Index("", tuple(map(facts.IndexPart, key.columns)), nulls_distinct=is_distinct)


def _twins(key: facts.Index, rows: Rows) -> Iterator[Lookup]:
    parts = [_compared(part, rows.dialect) for part in key.parts]
    texts = [part.expression for part in key.parts]
    columns = [part.column for part in key.parts if part.column]
    source = rows.as_they_will_be([*columns, *rows.mentioned(*texts, key.where)])
    if source is None:
        return
    wanted = [f"({key.where})"] if key.where else []
    if key.nulls_distinct:
        wanted += [f"{part} IS NOT NULL" for part in parts]
    where = f" WHERE {' AND '.join(wanted)}" if wanted else ""
    counted = f"SELECT {ROWS}.*, count(*) OVER (PARTITION BY {', '.join(parts)}) AS kit_count"
    said = ", ".join(part.column or part.expression or "" for part in key.parts)
    yield Lookup(
        f"Rows of {rows.table.display_name!r} are alike in ({said}), which is to be unique",
        f"({counted} FROM {source}{where}) AS kit_counted WHERE kit_count > 1",
        "Make them differ first.",
        tuple(columns),
    )


def _compared(part: facts.IndexPart, dialect: Dialect) -> str:
    plain = replace(part, descending=False, nulls=None, opclass=None, length=None)
    text = clauses.index_part(dialect, plain)
    return f"LEFT({text}, {part.length})" if part.length else text


def _against(check: facts.Check, rows: Rows) -> Iterator[Lookup]:
    columns = rows.mentioned(check.sql)
    source = rows.as_they_will_be(columns)
    if source is None or _is_unchecked(check.options):
        return
    yield Lookup(
        f"Rows of {rows.table.display_name!r} do not fulfil the check {check.name!r} ({check.sql})",
        f"{source} WHERE NOT ({check.sql})",
        "Mend them first.",
        tuple(columns),
    )


def _orphans(key: facts.ForeignKey, rows: Rows) -> Iterator[Lookup]:
    source = rows.as_they_will_be(key.columns)
    target = _target(key, rows)
    if source is None or target is None or key.match != "SIMPLE" or _is_unchecked(key.options):
        return
    quote = rows.dialect.quote_name
    present = [f"{ROWS}.{quote(name)} IS NOT NULL" for name in key.columns]
    pairs = zip(key.to_columns, key.columns, strict=True)
    same = [f"kit_target.{quote(there)} = {ROWS}.{quote(here)}" for there, here in pairs]
    missing = f"NOT EXISTS (SELECT 1 FROM {target} WHERE {' AND '.join(same)})"
    yield Lookup(
        f"Rows of {rows.table.display_name!r} point by ({', '.join(key.columns)}) to no row of "
        f"{key.to_table!r}",
        f"{source} WHERE {' AND '.join((*present, missing))}",
        "Mend or delete them first.",
        key.columns,
    )


def _target(key: facts.ForeignKey, rows: Rows) -> str | None:
    if (key.to_schema, key.to_table) != rows.after.key:
        return f"{rows.dialect.quote_qualified(key.to_table, key.to_schema)} AS kit_target"
    source = rows.as_they_will_be(key.to_columns)
    return source and source.removesuffix(ROWS) + "kit_target"


def _is_unchecked(options: tuple[tuple[str, str], ...]) -> bool:
    return any(name in UNCHECKED for name, _ in options)
