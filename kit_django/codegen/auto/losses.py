"""What a plan takes from the rows that are there, and what of the database only the plan knows."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from kit_django.codegen.auto.alterations import Alteration
from kit_django.codegen.auto.inline import is_of_type
from kit_django.codegen.auto.planning import Plan
from kit_django.schema import facts
from kit_django.schema.dialects.base import Dialect
from kit_django.schema.dialects.types import is_endless_text
from kit_django.schema.facts import Key
from kit_django.schema.sql.mentions import mentioned_columns


@dataclass(frozen=True)
class Loss:
    """``name`` is what goes, ``condition`` tells the rows of the table that lose by it."""

    table: Key
    name: str
    what: str
    condition: str = ""


def losses_of(plan: Plan, dialect: Dialect) -> Iterator[Loss]:
    for table in plan.dropped:
        yield Loss(table.key, table.display_name, "the table is dropped")
    for made in plan.altered:
        for column in made.gone:
            yield _loss(made, column.name, "the column is dropped", dialect)
        for before, after in made.changed:
            if before.type != after.type and not holds_all(before.type, after.type, dialect):
                what = f"its type changes from {before.type} to {after.type}"
                yield _loss(made, made.old_name(after.name), what, dialect)


def _loss(made: Alteration, column: str, what: str, dialect: Dialect) -> Loss:
    name = f"{made.shown}.{column}"
    return Loss(made.key, name, what, f"{dialect.quote_name(column)} IS NOT NULL")


def holds_all(old: str, new: str, dialect: Dialect) -> bool:
    """Whether the new type has room for all values of the old one, as far as that can be told."""
    types = dialect.types
    return types.same(old, new) or types.keeps(old, new) or is_endless_text(new)


def only_in_database(plan: Plan, dialect: Dialect, given: Collection[str]) -> Iterator[str]:
    """The names of what is dropped, because the models do not have it; ``given`` are those of parts that
    a model gives."""
    yield from (table.display_name for table in plan.dropped)
    for made in plan.altered:
        again = {each.name for each in made.new}
        gone = {each.name for each in made.gone} - again
        yield from (f"{made.shown}.{name}" for name in sorted(gone))
        for part in made.dropped:
            if isinstance(part, facts.Check):
                is_told = _is_told_of_check(part, made, dialect, given)
            else:
                is_told = _stands_on(part, gone) or _comes_again(part, made)
            if part.name and not is_told:
                yield f"{made.shown}.{part.name}"


def _stands_on(part: object, gone: set[str]) -> bool:
    columns = getattr(part, "columns", None) or ()
    return not gone.isdisjoint(columns)


def _comes_again(part: object, made: Alteration) -> bool:
    """Whether it is changed, and not taken away."""
    columns = getattr(part, "columns", None)
    return any(
        type(each) is type(part)
        and (each.name == part.name or (columns and getattr(each, "columns", ()) == columns))
        for each in made.added
    )


def _is_told_of_check(
    check: facts.Check, made: Alteration, dialect: Dialect, given: Collection[str]
) -> bool:
    """The same of a check; one that a column's type brings along is the type's."""
    gone = {each.name for each in made.gone}
    own = mentioned_columns(check.sql, made.table.column_names, dialect)
    if own & gone or any(is_of_type(check, name, dialect, given) for name in own):
        return True
    its = set(map(made.new_name, own))
    return any(
        each.name == check.name
        or mentioned_columns(each.sql, made.target.column_names, dialect) == its
        for each in made.added
        if isinstance(each, facts.Check)
    )
