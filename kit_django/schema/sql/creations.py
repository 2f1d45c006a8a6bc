"""What the CREATE statement of something makes that has code of its own: a function, a trigger."""

from __future__ import annotations

from itertools import islice

from kit_django.exceptions import OperationError
from kit_django.schema.dialects.base import Dialect
from kit_django.schema.sql.scripts import statements_of
from kit_django.schema.sql.tokens import Token, cut

_HEAD = 40
"""Tokens among which the name stands: behind OR REPLACE, a definer, an aggregate's words."""


def one_creation(sql: str, keyword: str, name: str, dialect: Dialect) -> str:
    """The statement alone, which has to be one that makes a ``keyword`` of that name.

    Raises OperationError for any other, which nothing could take back by that name.
    """
    found = statements_of(sql, dialect)
    if len(found) != 1:
        raise OperationError(
            f"The {keyword.lower()} {name!r} is said by {len(found)} statements. Say its CREATE "
            f"{keyword} alone, and the others with schema.run_sql()."
        )
    made = _name_behind(keyword, [*islice(cut(found[0], dialect), _HEAD)])
    if made is None:
        raise OperationError(f"What makes the {keyword.lower()} {name!r} is no CREATE {keyword}.")
    if _same_name(made, name, dialect):
        return found[0]
    raise OperationError(
        f"The {keyword.lower()} {name!r} is called {made.name!r} in its CREATE {keyword}. Say one name."
    )


def _name_behind(keyword: str, tokens: list[Token]) -> Token | None:
    """The last part of the name, which a schema may stand before."""
    place = next((at for at, token in enumerate(tokens) if token.is_word(keyword)), None)
    if not tokens or not tokens[0].is_word("CREATE") or place is None:
        return None
    behind = tokens[place + 1 :]
    if behind[:1] and behind[0].is_word("IF"):
        behind = behind[3:]
    while len(behind) > 2 and behind[1].is_symbol("."):
        behind = behind[2:]
    return behind[0] if behind else None


def _same_name(token: Token, name: str, dialect: Dialect) -> bool:
    quoted = token.kind != "word"
    return dialect.folded(token.name, quoted=quoted) == dialect.folded(name)
