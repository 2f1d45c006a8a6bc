"""Whatever a name or a text holds, the database gives it back as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit_django.exceptions import OperationError
from kit_django.schema.dialects import dialect_named, dialect_of

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0")) | st.text("'\"`\\%;\n -xE")


def answer(connection: BaseDatabaseWrapper, sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("vendor", "quoted"),
    [
        ("sqlite", '"a""b`c"'),
        ("postgresql", '"a""b`c"'),
        ("mysql", '`a"b``c`'),
    ],
)
def test_the_quote_character_is_doubled(vendor: str, quoted: str) -> None:
    assert dialect_named(vendor).quote_name('a"b`c') == quoted


def test_a_name_that_looks_quoted_is_quoted_all_the_same() -> None:
    assert dialect_named("postgresql").quote_name('"a"') == '"""a"""'


def test_a_schema_is_quoted_on_its_own() -> None:
    assert dialect_named("postgresql").quote_qualified("t", 'a"b') == '"a""b"."t"'
    assert dialect_named("mysql").quote_qualified("t.u") == "`t.u`"


@pytest.mark.parametrize("vendor", ["sqlite", "postgresql", "mysql"])
def test_nul_is_refused(vendor: str) -> None:
    with pytest.raises(OperationError, match="NUL"):
        dialect_named(vendor).quote_name("a\0b")
    with pytest.raises(OperationError, match="NUL"):
        dialect_named(vendor).quote_literal("a\0b")


def test_an_empty_name_is_refused() -> None:
    with pytest.raises(OperationError, match="empty"):
        dialect_named("sqlite").quote_name("")


@given(text=TEXTS)
def test_a_literal_means_its_text(connection: BaseDatabaseWrapper, text: str) -> None:
    assert answer(connection, f"SELECT {dialect_of(connection).quote_literal(text)}") == text


@given(name=TEXTS.filter(lambda name: name == name.rstrip() and len(name.encode()) < 63))
def test_an_identifier_means_its_name(connection: BaseDatabaseWrapper, name: str) -> None:
    if connection.vendor == "mysql" and any(ord(character) > 0xFFFF for character in name):
        return
    quoted = dialect_of(connection).quote_name(
        f"x{name}"
    )  # an alias may not begin with some characters
    assert answer(connection, f"SELECT x.{quoted} FROM (SELECT 5 AS {quoted}) AS x") == 5


@pytest.mark.databases("postgresql")
def test_a_literal_means_its_text_under_old_settings(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET standard_conforming_strings = off")
        cursor.execute("SET escape_string_warning = off")
    text = "\\'; SELECT 'x"
    assert answer(connection, f"SELECT {dialect_of(connection).quote_literal(text)}") == text


@pytest.mark.databases("mysql")
def test_a_literal_means_its_text_where_backslashes_do_not_escape(
    connection: BaseDatabaseWrapper,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET sql_mode = CONCAT(@@sql_mode, ',NO_BACKSLASH_ESCAPES')")
    vars(connection).pop("mysql_server_data", None)  # which Django has read before
    text = "\\'; SELECT 'x"
    assert answer(connection, f"SELECT {dialect_of(connection).quote_literal(text)}") == text
