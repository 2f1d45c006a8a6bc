"""The pages for people who come from elsewhere: every call and every command that they give is one."""

from __future__ import annotations

import ast
import inspect
import re
from typing import TYPE_CHECKING

import pytest
from django.core.management import load_command_class
from django.db import models

from kit_django.codegen.scaffolding.source import draft
from kit_django.operations.builders.block import Said
from kit_django.operations.builders.strict import hints_of, snake_case
from kit_django.operations.builders.table import AlterTableBuilder
from kit_django.operations.builders.words import ATTRIBUTES, KEYWORDS, METHODS
from kit_django.operations.schema import Schema
from tests.projects import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCS = REPOSITORY / "docs"
PAGES = sorted(DOCS.glob("coming-from-*.md"))


def cells(page: str) -> Iterator[tuple[str, str]]:
    """What stands on the left and on the right of each row."""
    for line in page.splitlines():
        match = re.fullmatch(r"\| (.+) \| (.+) \|", line)
        if match and not match[1].startswith("---"):
            yield match[1], match[2]


def snippets(kind: str) -> list[str]:
    found = {
        snippet
        for page in PAGES
        for _, right in cells(page.read_text(encoding="utf-8"))
        for snippet in re.findall(r"`([^`]+)`", right)
        if re.match(kind, snippet)
    }
    assert found
    return sorted(found)


@pytest.mark.parametrize("snippet", snippets(r"table\."))
def test_what_is_said_of_a_table_is_understood(snippet: str) -> None:
    said = Said("things", 'schema.alter_table("things")')
    table = AlterTableBuilder(said)
    eval(snippet, {"table": table, "models": models})  # noqa: S307
    said.end()
    assert said.changes


@pytest.mark.parametrize("snippet", snippets(r"(with )?schema\."))
def test_what_is_said_of_a_schema_is_understood(snippet: str) -> None:
    source = f"{snippet} pass" if snippet.startswith("with") else snippet
    called, call = next(calls_of_schema(source))
    method = getattr(Schema, called)
    arguments = [ast.literal_eval(each) for each in call.args]
    keywords = {str(each.arg): ast.literal_eval(each.value) for each in call.keywords}
    inspect.signature(method).bind(None, *arguments, **keywords)
    assert set(keywords) <= set(hints_of(method))


def calls_of_schema(source: str) -> Iterator[tuple[str, ast.Call]]:
    """The methods of ``schema`` that are called, each with its call."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="schema"), attr=called)):
                yield called, node


@pytest.mark.parametrize("snippet", snippets(r"[a-z_]+=\S"))
def test_a_keyword_is_a_columns(snippet: str) -> None:
    said = Said("things", 'schema.alter_table("things")')
    table = AlterTableBuilder(said)
    method = "foreign_id" if "on_" in snippet else "datetime" if "use_" in snippet else "string"
    references = 'references="users", ' if method == "foreign_id" else ""
    beside = 'generated_as="a", ' if snippet.startswith("stored") else ""
    eval(f'table.{method}("x", {references}{beside}{snippet})', {"table": table})  # noqa: S307
    assert said.changes


@pytest.mark.parametrize("snippet", snippets(r"(make_migration|migrate|db)[a-z_]*\b"))
def test_a_command_takes_what_is_given(snippet: str) -> None:
    name, *arguments = snippet.split()
    load_command_class("kit_django", name).create_parser("manage.py", name).parse_args(arguments)
    if name == "make_migration" and not arguments[0].startswith("-") and arguments[0].islower():
        draft(arguments[0], arguments[1:])


def test_words_that_are_translated_in_messages_are_words_of_the_pages() -> None:
    """Those of Laravel's that differ by more than their spelling stand on its page."""
    page = snake_case((DOCS / "coming-from-laravel.md").read_text(encoding="utf-8"))
    for word in ("nullable", "constrained", "drop_column", "cascade_on_delete", "rename_column"):
        assert word in page
        assert word in METHODS or word in KEYWORDS or word in ATTRIBUTES
