"""Expressions of information_schema, in the SQL that the session itself speaks."""

from __future__ import annotations

from dataclasses import replace

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
