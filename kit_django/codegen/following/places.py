"""Which of the columns that are new are some that are gone, by where they stand."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from itertools import islice

Place = tuple[str | None, str | None]
"""The two columns around it; None for the beginning and the end of the table."""


def aligned(
    gone: list[str], new: list[str], alike: Container[tuple[str, str]], *, may_add: bool
) -> dict[str, str]:
    """The one way to take the new columns, or the most of the first of them, for gone ones."""
    for count in range(len(new), 0 if may_add else len(new) - 1, -1):
        ways = islice(_ways(gone, new[:count], alike), 2)
        if found := list(ways):
            return found[0] if len(found) == 1 else {}
    return {}


def _ways(
    gone: list[str], new: list[str], alike: Container[tuple[str, str]]
) -> Iterator[dict[str, str]]:
    """Each way to find all the new columns among the gone ones, in their order."""
    if not new:
        yield {}
        return
    for number, old in enumerate(gone):
        if (old, new[0]) in alike:
            for rest in _ways(gone[number + 1 :], new[1:], alike):
                yield {old: new[0], **rest}


def between(names: Iterable[str], there: Container[str]) -> dict[Place, list[str]]:
    """The names that are not there any more, or not yet, by the two around them that are."""
    found: dict[Place, list[str]] = {}
    before: str | None = None
    others: list[str] = []
    for name in [*names, None]:
        if name is None or name in there:
            if others:
                found[before, name] = others
            before, others = name, []
        else:
            others.append(name)
    return found
