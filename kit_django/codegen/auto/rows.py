"""The rows that are in the way of a new check or unique, as a condition that tells them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from kit_django.codegen.auto.alterations import Alteration
from kit_django.schema import facts
from kit_django.schema.dialects.base import Dialect
from kit_django.schema.sql.mentions import mentioned_columns


def in_the_way(made: Alteration, dialect: Dialect) -> Iterator[tuple[str, str]]:
    """What is added, and the condition; what stands on columns that change is for migrate to find."""
    renamed = {old for old, _ in made.renamed} | {new for _, new in made.renamed}
    changed = {after.name for _, after in made.changed}
    # What is equal now is equal in another type too, but not where another collation tells.
    recollated = {now.name for was, now in made.changed if was.collation != now.collation}
    new = {each.name for each in made.new}
    alike = {each.name for each in made.new if has_to_be_given(each)}
    for part in made.added:
        if isinstance(part, facts.Check):
            names = mentioned_columns(part.sql, made.target.column_names, dialect)
            if names.isdisjoint(renamed | changed | new):
                yield f"the check {part.name or part.sql}", f"NOT ({part.sql})"
        elif isinstance(part, facts.Unique | facts.Index) and _is_unique(part):
            columns, texts = _columns_of(part), [*_texts_of(part)]
            told = [mentioned_columns(text, made.target.column_names, dialect) for text in texts]
            is_still = (renamed | changed | new).isdisjoint(set().union(*told))
            is_still = is_still and recollated.isdisjoint(columns)
            if is_still and alike.issuperset(new & {*columns}):
                what = ", ".join(columns) or part.name
                yield f"the unique on {what}", _twice(made, part, alike, dialect)


def has_to_be_given(column: facts.Column) -> bool:
    """Whether a row that is there has nothing to put there; all get the same then."""
    has_value = column.default is not None or column.identity or column.generated
    return not (column.null or has_value or ("rowid", "") in column.options)


def _is_unique(part: facts.Unique | facts.Index) -> bool:
    return part.nulls_distinct and (isinstance(part, facts.Unique) or part.unique)


def _columns_of(part: facts.Unique | facts.Index) -> Sequence[str]:
    if isinstance(part, facts.Unique):
        return part.columns
    return [each.column for each in part.parts if each.column]


def _texts_of(part: facts.Unique | facts.Index) -> Iterator[str]:
    """What is said of columns in SQL: expressions, and a condition."""
    if isinstance(part, facts.Index):
        yield from (each.expression for each in part.parts if each.expression and not each.column)
        yield from filter(None, [part.where])


def _twice(
    made: Alteration, part: facts.Unique | facts.Index, alike: Collection[str], dialect: Dialect
) -> str:
    """``alike`` are the columns in which all rows get the same."""
    own = [
        dialect.quote_name(made.old_name(each)) for each in _columns_of(part) if each not in alike
    ]
    where = part.where if isinstance(part, facts.Index) else None
    own += [f"({text})" for text in _texts_of(part) if text != where]
    counted = " AND ".join([f"{each} IS NOT NULL" for each in own] + [f"({where})"] * bool(where))
    behind = f" WHERE {counted}" if counted else ""
    names, source = ", ".join(own), dialect.quote_qualified(made.key[1], made.key[0])
    if not own:
        return f"1 < (SELECT count(*) FROM {source}{behind})"
    twice = f"SELECT {names} FROM {source}{behind} GROUP BY {names} HAVING count(*) > 1"
    return f"{counted} AND ({names}) IN ({twice})"
