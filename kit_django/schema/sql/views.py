"""What a view reads, as MySQL and MariaDB word its query: each name in full, each table with its database.

A column is ``database.table.column``, or ``alias.column`` where the table has another name in the query.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from kit_django.schema.dialects.base import Dialect
from kit_django.schema.sql.tokens import Token, pieces, tokenize

Chain = tuple[Token, ...]
"""Names with dots between them."""


@dataclass(frozen=True)
class ViewQuery:
    """The query of a view, looked at for one table, or for another view (``is_view``)."""

    sql: str
    database: str
    table: str
    dialect: Dialect
    is_view: bool = False

    @property
    def reads_table(self) -> bool:
        return bool(self._sources)

    def reads_column(self, column: str) -> bool:
        return bool(self._columns(column))

    @property
    def is_plain(self) -> bool:
        """Whether each name that stands for the table stands for no other in the same query."""
        return not any(self._is_given_twice(name) for name in self._short_names)

    def has_name(self, name: str) -> bool:
        """Whether a table or an alias is called so."""
        return any(
            chain[len(chain) > 1 and chain[0].name == self.database].name == name
            for chain, before, _ in self._chains
            if not (before and before.is_word("AS"))
        )

    def with_column(self, old: str, new: str) -> str:
        return self._with({token.start: new for token in self._columns(old)})

    def with_table(self, new_name: str) -> str:
        names: dict[int, str] = {}
        for chain, _, behind in self._chains:
            if self._is_source(chain, behind) or self._is_column_in_full(chain):
                names[chain[1].start] = new_name
            elif len(chain) == 2 and chain[0].name == self.table in self._short_names:
                names[chain[0].start] = new_name
        return self._with(names)

    @cached_property
    def _chains(self) -> tuple[tuple[Chain, Token | None, Token | None], ...]:
        """Each chain of names, with the token before it and the one behind."""
        return tuple(_chains(tokenize(self.sql, self.dialect)))

    @cached_property
    def _sources(self) -> dict[int, str | None]:
        """Where the table is read: the end of its name, and the alias that it has there."""
        return {
            chain[-1].end: behind.name if behind and behind.kind == "quoted" else None
            for chain, _, behind in self._chains
            if self._is_source(chain, behind)
        }

    @cached_property
    def _short_names(self) -> set[str]:
        """What its columns are called by; a view's have no database before them."""
        names = {alias for alias in self._sources.values() if alias is not None}
        return names | {self.table} if self.is_view and None in self._sources.values() else names

    def _columns(self, column: str) -> list[Token]:
        key = self.dialect.folded(column)
        return [
            chain[-1]
            for chain, _, _ in self._chains
            if self.dialect.folded(chain[-1].name) == key
            and (self._is_column_in_full(chain) or self._is_column_in_short(chain))
        ]

    def _is_source(self, chain: Chain, behind: Token | None) -> bool:
        names = [token.name for token in chain]
        is_call = behind is not None and behind.is_symbol("(")
        return names == [self.database, self.table] and not is_call

    def _is_column_in_full(self, chain: Chain) -> bool:
        return [token.name for token in chain[:-1]] == [self.database, self.table]

    def _is_column_in_short(self, chain: Chain) -> bool:
        return len(chain) == 2 and chain[0].name in self._short_names

    def _is_given_twice(self, name: str) -> bool:
        return any(
            len(chain) == 1
            and chain[0].name == name
            and not (before and (before.end in self._sources or before.is_word("AS")))
            for chain, before, _ in self._chains
        )

    def _with(self, names: Mapping[int, str]) -> str:
        return "".join(
            self.dialect.quote_name(names[token.start]) if token.start in names else token.text
            for token in pieces(self.sql, self.dialect)
        )


def _chains(tokens: tuple[Token, ...]) -> Iterator[tuple[Chain, Token | None, Token | None]]:
    place = 0
    while place < len(tokens):
        start = place
        while place < len(tokens) and tokens[place].is_name:
            place += 1
            if not (place < len(tokens) and tokens[place].is_symbol(".")):
                break
            place += 1
        if place == start:
            place += 1
            continue
        before = tokens[start - 1] if start else None
        behind = tokens[place] if place < len(tokens) else None
        yield tuple(token for token in tokens[start:place] if token.is_name), before, behind
