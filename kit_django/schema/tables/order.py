"""What has to be there before what: the types that types are made of, the views that views read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kit_django.schema import facts
from kit_django.schema.dialects.base import Dialect
from kit_django.schema.sql.sources import all_names, sources

_Type = facts.Domain | facts.Composite


def types_in_order(made: Iterable[_Type]) -> Iterator[_Type]:
    """Types that others are made of come before those."""
    waiting = list(made)
    while waiting:
        names = {each.sql_name or each.name for each in waiting}
        ready = [each for each in waiting if names.isdisjoint(_types_in(each))] or waiting
        yield from ready
        waiting = [each for each in waiting if each not in ready]


def _types_in(made: _Type) -> set[str]:
    types = [made.type] if isinstance(made, facts.Domain) else [each.type for each in made.columns]
    return {each.removesuffix("[]") for each in types}


def views_in_order(views: Iterable[facts.View], dialect: Dialect) -> Iterator[facts.View]:
    """What a view reads comes before it; what it only names does where that makes no circle."""
    waiting = dict(enumerate(views))
    called: dict[str, list[int]] = {}
    for place, view in waiting.items():
        called.setdefault(dialect.folded(view.name), []).append(place)
    read, named = {}, {}
    for place, view in waiting.items():
        read[place] = {
            other
            for *before, name in sources(view.sql, dialect)
            for other in called.get(name, ())
            if other != place and not _is_elsewhere(waiting[other], before, dialect)
        }
        names = all_names(view.sql, dialect)
        named[place] = {other for name in names for other in called.get(name, ())} - {place}
    while waiting:
        ready = [each for each in waiting if read[each].isdisjoint(waiting)] or list(waiting)
        place = next((each for each in ready if named[each].isdisjoint(waiting)), ready[0])
        yield waiting.pop(place)


def _is_elsewhere(view: facts.View, before: list[str], dialect: Dialect) -> bool:
    """Whether a name with these before it is not the view's; a database's name says nothing."""
    return dialect.has_schemas and bool(before) and before[-1] != view.schema
