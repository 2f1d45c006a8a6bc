"""The rows that a table holds now, seen as the table is to be."""

from __future__ import annotations

from collections.abc import Iterable

from kit_django.schema import clauses, facts
from kit_django.schema.dialects.base import Dialect
from kit_django.schema.sql.mentions import mentioned_columns
from kit_django.schema.sql.parentheses import is_literal
from kit_django.schema.tables.difference import Names

ROWS = "kit_rows"


class Rows:
    """``table`` is what the database has, ``after`` what it is to be, and ``names`` tell which of its
    columns are columns of ``table``."""

    def __init__(
        self, dialect: Dialect, table: facts.Table, names: Names, after: facts.Table
    ) -> None:
        self.dialect = dialect
        self.table = table
        self.names = names
        self.after = after

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that tell a person which row it is."""
        key = self.table.primary_key
        return key.columns if key else self.table.column_names[:3]

    def as_they_are(self) -> str:
        """FROM-clause of the rows under the names that their columns have now."""
        return self._source([f"{self.dialect.quote_name(self.table.name)}.*"])

    def as_they_will_be(self, columns: Iterable[str]) -> str | None:
        """The same under the names to come; None where a value cannot be told beforehand."""
        chosen = dict.fromkeys(columns)
        values = {name: self._value(name) for name in chosen}
        if None in values.values():
            return None
        quote = self.dialect.quote_name
        return self._source([f"{value} AS {quote(name)}" for name, value in values.items()])

    def mentioned(self, *sql: str | None) -> list[str]:
        """The columns that the texts name."""
        names = self.after.column_names
        return [
            name for text in sql for name in sorted(mentioned_columns(text, names, self.dialect))
        ]

    def _source(self, values: list[str]) -> str:
        keys = [f"{self.dialect.quote_name(k)} AS {key_alias(i)}" for i, k in enumerate(self.keys)]
        table = clauses.table_name(self.dialect, self.table)
        return f"(SELECT {', '.join((*keys, *values))} FROM {table}) AS {ROWS}"

    def _value(self, name: str) -> str | None:
        column = self.after.column(name)
        if name in self.names:
            return self._kept(self.table.column(self.names[name]), column)
        if column.generated or column.identity:
            return None
        if column.default is None:
            return "NULL"
        return column.default if is_literal(column.default, self.dialect) else None

    def _kept(self, old: facts.Column, new: facts.Column) -> str | None:
        """A value under another type, or in another order, is not what it was."""
        types = self.dialect.types
        is_same = types.same(old.type, new.type) or types.keeps(old.type, new.type)
        is_same = is_same and old.collation == new.collation
        return self.dialect.quote_name(old.name) if is_same else None


def key_alias(number: int) -> str:
    return f"kit_key_{number}"
