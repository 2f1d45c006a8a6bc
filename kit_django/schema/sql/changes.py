"""What a statement does, by the word that it begins with."""

from __future__ import annotations

from itertools import islice

from kit_django.schema.dialects.base import Dialect
from kit_django.schema.sql.tokens import cut

_OF_ROWS = {"INSERT", "UPDATE", "DELETE", "REPLACE"}


def verb(sql: str, dialect: Dialect) -> str:
    """The word that a statement begins with, in capitals."""
    tokens = (token for token in cut(sql, dialect) if not token.is_symbol("("))
    return next((token.text.upper() for token in tokens), "")


def is_of_rows(sql: str, dialect: Dialect) -> bool:
    """Whether it puts rows in, changes or deletes them, and nothing else."""
    return verb(sql, dialect) in _OF_ROWS


def locks_tables(sql: str, dialect: Dialect) -> bool:
    """Whether it is MySQL's LOCK TABLES or UNLOCK TABLES."""
    words = [token.text.upper() for token in islice(cut(sql, dialect), 2)]
    return words[:1] in (["LOCK"], ["UNLOCK"]) and words[1:] in (["TABLE"], ["TABLES"])
