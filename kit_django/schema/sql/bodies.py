"""What the bodies of triggers, routines and events use, statement by statement.

Nothing tells for certain what a name in them stands for: whatever may be the table or the column
is taken for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from kit_django.schema.dialects.base import Dialect
from kit_django.schema.sql.tokens import Token, tokenize

Statement = list[Token]


def uses_table(body: str, table: str, dialect: Dialect) -> bool:
    return any(_places(each, table, dialect) for each in _statements(body, dialect))


def uses_column(
    body: str, table: str, column: str, dialect: Dialect, *, as_a_whole: bool = False
) -> bool:
    """Whether a statement uses both; ``as_a_whole`` asks for ``SELECT *`` and its like, too."""
    statements = list(_statements(body, dialect))
    using = [(each, places) for each in statements if (places := _places(each, table, dialect))]
    if any(_fills_record(each, places) for each, places in using) and any(
        _names_member(each, column, dialect) for each in statements
    ):
        return True
    return any(
        _names_column(each, places, column, dialect)
        or (as_a_whole and _takes_all(each, places, dialect))
        for each, places in using
    )


def uses_column_of_row(body: str, column: str, dialect: Dialect) -> bool:
    """Whether a trigger's body has ``NEW.column`` or ``OLD.column``."""
    tokens, key = list(tokenize(body, dialect)), dialect.folded(column)
    return any(
        token.is_name
        and dialect.folded(token.name) == key
        and _is_dot(tokens, place - 1)
        and _is_row(tokens, place - 2)
        for place, token in enumerate(tokens)
    )


def _statements(body: str, dialect: Dialect) -> Iterator[Statement]:
    statement: Statement = []
    for token in tokenize(body, dialect):
        if token.is_symbol(";"):
            yield statement
            statement = []
        else:
            statement.append(token)
    yield statement


def _places(statement: Statement, table: str, dialect: Dialect) -> list[int]:
    """Where the table's name stands and is no column's, which has a dot before it alone."""
    key = dialect.folded(table)
    return [
        place
        for place, token in enumerate(statement)
        if token.is_name
        and dialect.folded(token.name) == key
        and not (_is_dot(statement, place - 1) and _is_row(statement, place - 2))
    ]


def _is_dot(statement: Statement, place: int) -> bool:
    return 0 <= place < len(statement) and statement[place].is_symbol(".")


def _is_row(statement: Statement, place: int) -> bool:
    return place >= 0 and statement[place].is_word("NEW", "OLD")


def _names_column(statement: Statement, places: list[int], column: str, dialect: Dialect) -> bool:
    key, known = dialect.folded(column), _names_of(statement, places, dialect)
    for place, token in enumerate(statement):
        if not token.is_name or dialect.folded(token.name) != key or place in places:
            continue
        if not _is_dot(statement, place - 1):
            return True
        if dialect.folded(statement[place - 2].name) in known:
            return True
    return False


def _fills_record(statement: Statement, places: list[int]) -> bool:
    """Whether a variable gets the columns of a whole row, which other statements name behind it."""
    if any(token.is_word("CURSOR", "FOR") for token in statement):
        return any(token.is_symbol("*") for token in statement)
    return any(
        [token.text.upper() for token in statement[max(0, place - 3) : place]]
        == ["ROW", "TYPE", "OF"]
        for place in places
    )


def _names_member(statement: Statement, column: str, dialect: Dialect) -> bool:
    key = dialect.folded(column)
    return any(
        token.is_name and dialect.folded(token.name) == key and _is_dot(statement, place - 1)
        for place, token in enumerate(statement)
    )


def _names_of(statement: Statement, places: list[int], dialect: Dialect) -> set[str]:
    """The table's own name, and what stands behind it where its alias would."""
    found = {dialect.folded(statement[place].name) for place in places}
    for place in places:
        behind = statement[place + 1 : place + 3]
        if behind and behind[0].is_word("AS"):
            behind = behind[1:]
        found |= {dialect.folded(each.name) for each in behind[:1] if each.is_name}
    return found


def _takes_all(statement: Statement, places: list[int], dialect: Dialect) -> bool:
    """Whether it has ``INSERT INTO table VALUES``, or puts all columns into something by a star."""
    for place in places:
        before, behind = statement[place - 1 : place], statement[place + 1 : place + 2]
        is_target = any(each.is_word("INTO", "INSERT", "REPLACE", "IGNORE") for each in before)
        if is_target and behind and behind[0].is_word("VALUES", "VALUE", "SELECT"):
            return True
    if not any(token.is_word("INTO", "REPLACE") for token in statement):
        return False
    known = _names_of(statement, places, dialect)
    return any(
        before.is_word("SELECT", "DISTINCT", "ALL")
        or (before.is_symbol(".") and dialect.folded(statement[place - 1].name) in known)
        for place, (before, star) in enumerate(pairwise(statement))
        if star.is_symbol("*")
    )
