"""An error's own words, in one line."""

from __future__ import annotations

import re

from django.db import Error

from kit_django.exceptions import KitError

LONGEST = 4000
# PostgreSQL repeats the statement and points to the place with a caret below it.
_POINTER = re.compile(r"^LINE \d+: .*\n *\^ *$", re.MULTILINE)


def words(error: BaseException) -> str:
    """What an error says, without a full stop."""
    if isinstance(error, SystemExit):
        return "it called sys.exit()"
    if isinstance(error, KeyboardInterrupt):
        return str(error) or "it was interrupted"
    if isinstance(error, KitError):
        return one_line(str(error)).rstrip(".")
    if isinstance(error, Error):
        return _database_words(error)
    text = error.msg if isinstance(error, SyntaxError) else one_line(str(error)).rstrip(".")
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _database_words(error: Error) -> str:
    # MySQL's drivers raise a number and a text.
    if len(error.args) > 1 and isinstance(error.args[0], int):
        said = one_line(str(error.args[1])).rstrip(".") or "the connection is closed"
        return f"{said} (error {error.args[0]})"
    return one_line(_POINTER.sub("", str(error))).rstrip(".")


def one_line(text: str) -> str:
    """In one line, so that it cannot steer a terminal: control and bidi characters are escaped."""
    return cut("".join(map(_harmless, " ".join(text.split()))), LONGEST)


def cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}..."


def _harmless(char: str) -> str:
    return char if char.isprintable() else char.encode("unicode_escape", "replace").decode()
