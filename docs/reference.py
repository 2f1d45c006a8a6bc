"""The site's page that the code writes: commands, system checks, exit codes.

An extension of Sphinx, which makes ``generated/reference.md`` before it reads the pages.
"""

from __future__ import annotations

import os
import re
from argparse import Action
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand

from kit_django import checks, exceptions
from kit_django.exceptions import KitError

PAGE = Path(__file__).resolve().parent / "generated" / "reference.md"
# Django's own commands that kit's stand in for: their options are Django's, and differ by release.
DJANGOS = ("migrate", "makemigrations")

INTRODUCTION = """\
# Reference

What the code says of itself, of which this page is made. [Commands](../commands.md) and
[settings](../settings.md) explain."""


def text() -> str:
    parts = [INTRODUCTION, *_commands(), *_checks(), *_exit_codes()]
    return "\n\n".join(parts) + "\n"


def _commands() -> Iterator[str]:
    yield "## Commands and their options"
    own = sorted(name for name, app in get_commands().items() if app == "kit_django")
    for name in own:
        if name != "kit":
            command = load_command_class("kit_django", name)
            yield f"### {name}"
            yield " ".join(command.help.split())
            yield _table(("option", "meaning"), _options(name, command))


def _options(name: str, command: BaseCommand) -> Iterator[tuple[str, str]]:
    inherited = _flags(_django(name))
    for action in command.create_parser("manage.py", name)._actions:
        if not inherited & set(action.option_strings or [action.dest]):
            yield f"`{_spelled(action)}`", " ".join((action.help or "").split())


def _django(name: str) -> BaseCommand:
    return load_command_class("django.core", name) if name in DJANGOS else BaseCommand()


def _flags(command: BaseCommand) -> set[str]:
    actions = command.create_parser("manage.py", "command")._actions
    return {word for action in actions for word in action.option_strings or [action.dest]}


def _spelled(action: Action) -> str:
    value = "" if action.nargs == 0 else _value(action)
    names = ", ".join(action.option_strings) or action.dest.upper()
    return f"{names} {value}".strip() if action.option_strings else names


def _value(action: Action) -> str:
    if action.dest == "database":
        return "ALIAS"
    if action.choices:
        return " or ".join(map(str, action.choices))
    return str(action.metavar or action.dest.upper())


def _checks() -> Iterator[str]:
    yield "## System checks"
    yield "`python manage.py check` says them, each with a hint; `SILENCED_SYSTEM_CHECKS` takes the ids."
    found = {
        code: said
        for each in vars(checks).values()
        for code, said in re.findall(r"([EW]\d{3}): ([^.]+(?:\.\w[^.]*)*)\.", each.__doc__ or "")
    }
    yield _table(
        ("id", "meaning"), [(f"`kit_django.{code}`", found[code]) for code in sorted(found)]
    )


def _exit_codes() -> Iterator[str]:
    yield "## Errors and exit codes"
    yield "Each is a class in `kit_django.exceptions`, for programs that call the commands."
    errors = [
        each
        for each in vars(exceptions).values()
        if isinstance(each, type) and issubclass(each, KitError)
    ]
    rows = [
        (f"`{each.__name__}`", str(each.exit_code), " ".join((each.__doc__ or "").split()))
        for each in sorted(errors, key=lambda each: (each.exit_code, each.__name__))
    ]
    yield _table(("error", "exit code", "meaning"), rows)


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]] | list[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines
    )


def write(_app: Any) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "example_project.settings")
    django.setup()
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(text(), encoding="utf-8")


def setup(app: Any) -> dict[str, bool]:
    app.connect("builder-inited", write)
    return {"parallel_read_safe": True}
