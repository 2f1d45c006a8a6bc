"""Expressions of information_schema, in the SQL that the session itself speaks."""

from __future__ import annotations

from dataclasses import replace

from kit_django.schema.dialects.base import Dialect
from kit_django.schema.introspection.mysql.server import Server
from kit_django.schema.sql.literals import respelled, without_escapes
from kit_django.schema.sql.parentheses import bare
from kit_django.schema.sql.tokens import tokenize


def expression(sql: str, server: Server) -> str:
    """An expression of information_schema's without the parentheses around all of it."""
    return bare(spoken(sql, server), server.dialect)


def spoken(sql: str, server: Server) -> str:
    """What the server tells with backslashes in its strings, whatever the session's mode is.

    MySQL 8 escapes the whole of an expression once more; MariaDB does not.
    """
    told = replace(server.dialect, backslash_escapes=True)
    if any(token.is_symbol("\\") for token in tokenize(sql, told)):
        sql = without_escapes(sql)
    return respelled(sql, told, server.dialect)


def without_database(text: str, database: str, dots: int, dialect: Dialect) -> str:
    """MariaDB names the own database before sequences, and before the columns of views that belong to
    another account; ``dots`` are behind its name and between those that follow."""
    tokens, pieces, end = tokenize(text, dialect), [], 0
    for at, first in enumerate(tokens):
        following = tokens[at + 1 : at + 2 * dots : 2]
        is_named = len(following) == dots and all(each.is_symbol(".") for each in following)
        if first.name == database and is_named:
            pieces.append(text[end : first.start])
            end = following[0].end
    return "".join([*pieces, text[end:]])
