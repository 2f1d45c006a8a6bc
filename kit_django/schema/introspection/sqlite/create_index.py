"""CREATE INDEX, read for its expressions and its condition."""

from __future__ import annotations

from kit_django.schema.introspection.sqlite.reader import TokenReader
from kit_django.schema.introspection.sqlite.statements import IndexDefinition
from kit_django.schema.introspection.sqlite.tokens import Token, bare_expression


def parse_create_index(sql: str) -> IndexDefinition:
    """What the statement says. Raises UnreadableStatement where it is no CREATE INDEX."""
    reader = TokenReader(sql)
    while not reader.at_symbol("("):
        reader.take()
    parts = tuple(_part(reader, item) for item in reader.take_list())
    if not reader.take_words("WHERE"):
        return IndexDefinition(parts)
    first = reader.take()
    return IndexDefinition(parts, bare_expression(sql[first.start : reader.tokens[-1].end]))


def _part(reader: TokenReader, item: list[Token]) -> str:
    if len(item) > 2 and item[-2].is_word("NULLS") and item[-1].is_word("FIRST", "LAST"):
        item = item[:-2]
    if len(item) > 1 and item[-1].is_word("ASC", "DESC"):
        item = item[:-1]
    return bare_expression(reader.text_between(item[0], item[-1]))
