"""What a dump makes besides tables: once these are gone, it has to go, too, to be made again."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.runner.databases.wiping import runner
from kit_django.schema.dialects import dialect_named
from kit_django.schema.dialects.base import Dialect
from kit_django.schema.introspection import surroundings
from kit_django.schema.sql.tokens import Token, tokenize

Made = tuple[tuple[str, str], ...]
"""Each by its keyword and its name without a schema: ``("TYPE", "mood")``."""

_KEYWORDS = (
    *("TYPE", "DOMAIN", "SEQUENCE", "SCHEMA", "COLLATION"),
    *("FUNCTION", "PROCEDURE", "AGGREGATE", "EVENT"),
)
_OTHERS = ("TABLE", "INDEX", "VIEW", "TRIGGER", "EXTENSION", "POLICY", "RULE", "STATISTICS")
_GUARD = ("IF", "NOT", "EXISTS")


def made_by(statements: Iterable[str], vendor: str) -> Made:
    """The types, sequences, schemas and routines that CREATE statements make."""
    dialect = dialect_named(vendor)
    found = (_made(statement, dialect) for statement in statements)
    return tuple(dict.fromkeys(each for each in found if each))


def _made(statement: str, dialect: Dialect) -> tuple[str, str] | None:
    if statement[:6].upper() != "CREATE":
        return None
    tokens = list(tokenize(statement, dialect))
    for at, token in enumerate(tokens):
        word = token.text.upper()
        if token.kind == "word" and word in _KEYWORDS:
            return word, _last_name(tokens[at + 1 :])
        if token.kind == "word" and word in _OTHERS:
            return None
    return None


def _last_name(tokens: list[Token]) -> str:
    """That of ``schema.name``."""
    rest = [each for each in tokens if each.text.upper() not in _GUARD]
    at = 0
    while len(rest) > at + 2 and rest[at + 1].is_symbol("."):
        at += 2
    return rest[at].name


def drop_leftovers(connection: BaseDatabaseWrapper, made: Made) -> None:
    """What a wipe leaves of them: routines, collations, events."""
    names = set(made)
    run = runner(connection)
    for each in surroundings(connection).objects:
        name = each.name.partition("(")[0].strip('"')
        if each.drop and (each.kind.upper(), name) in names:
            run(each.drop)
