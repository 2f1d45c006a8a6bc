"""What MySQL and MariaDB tell in one text of a table's options, and of a column's extras."""

from __future__ import annotations

from collections.abc import Iterator

from kit_django.schema.dialects.base import Dialect
from kit_django.schema.sql.cursor import Cursor


def read_options(text: str, dialect: Dialect) -> tuple[tuple[str, str], ...]:
    """The pairs of ``name=value name ...``, word for word; a name alone has no value."""
    return tuple(_Options(text, dialect).pairs())


def read_on_update(text: str, dialect: Dialect) -> str | None:
    """The moment behind ON UPDATE."""
    cursor = _Options(text, dialect)
    while cursor.token and not cursor.accept("ON", "UPDATE"):
        cursor.position += 1
    return cursor.piece() or None


class _Options(Cursor):
    def pairs(self) -> Iterator[tuple[str, str]]:
        while self.token:
            name = self.piece()
            yield name, self.piece() if self.accept("=") else ""

    def piece(self) -> str:
        """What stands next without blanks in it, up to an equals sign."""
        start = self.position
        while self.token and self.word() != "=" and self._is_joined(start):
            self.position += 1
        found = self.tokens[start : self.position]
        return self.sql[found[0].start : found[-1].end] if found else ""

    def _is_joined(self, start: int) -> bool:
        place = self.position
        return place == start or self.tokens[place - 1].end == self.tokens[place].start
