"""Source as lines, counted as Python counts them."""

from __future__ import annotations

import re

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def lines_of(source: str) -> list[str]:
    """The lines with their endings. ``str.splitlines`` also ends them at form feeds and others."""
    return _LINE.findall(source)


def newline_of(source: str) -> str:
    """The ending of the first line."""
    found = re.search(r"\r\n|\r|\n", source)
    return found[0] if found else "\n"


def with_newlines(text: str, newline: str) -> str:
    """The text with that ending behind each line."""
    return re.sub(r"\r\n|\r|\n", newline, text)
