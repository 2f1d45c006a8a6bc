"""What an exclusion constraint says, as PostgreSQL words it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from kit_django.schema.dialects.base import Dialect
from kit_django.schema.sql.cursor import Beyond, Cursor
from kit_django.schema.sql.parentheses import bare

T = TypeVar("T")


class ExclusionParts(NamedTuple):
    """``elements`` are pairs of a column and an operator."""

    method: str
    elements: tuple[tuple[str, str], ...]
    include: tuple[str, ...] = ()
    where: str = ""


def read_exclusion(sql: str, dialect: Dialect) -> ExclusionParts | None:
    """The constraint, or None where its elements are more than columns with operators."""
    try:
        return _ExclusionCursor(sql, dialect).read()
    except Beyond:
        return None


class _ExclusionCursor(Cursor):
    def read(self) -> ExclusionParts:
        self.expect("EXCLUDE", "USING")
        method = self._name()
        elements = self._listed(self._element)
        include = self._listed(self._name) if self.accept("INCLUDE") else ()
        where = self._condition() if self.accept("WHERE") else ""
        if self.accept("DEFERRABLE"):
            self.accept("INITIALLY", "DEFERRED")
        self.expect_end()
        return ExclusionParts(method, elements, include, where)

    def _listed(self, item: Callable[[], T]) -> tuple[T, ...]:
        self.expect("(")
        found = [item()]
        while self.accept(","):
            found.append(item())
        self.expect(")")
        return tuple(found)

    def _element(self) -> tuple[str, str]:
        name = self._name()
        self.expect("WITH")
        return name, self.take().text

    def _name(self) -> str:
        token = self.take_name()
        return self.dialect.folded(token.name, quoted=token.kind == "quoted")

    def _condition(self) -> str:
        start = self.position
        self.expect("(")
        self.until_closed()
        self.expect(")")
        first, last = self.tokens[start], self.tokens[self.position - 1]
        return bare(self.sql[first.start : last.end], self.dialect)
