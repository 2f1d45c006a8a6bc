"""What a diagram writes of a name or a type, and how much room that takes."""

from __future__ import annotations

import unicodedata

from kit_django.diagrams.graph import Box, Row
from kit_django.runner.words import one_line

LONGEST_NAME = 36
LONGEST_TYPE = 24


def shown_title(box: Box) -> str:
    return fitted(box.name, LONGEST_NAME)


def shown_name(row: Row) -> str:
    return fitted(row.name, LONGEST_NAME)


def shown_type(row: Row) -> str:
    """With a question mark where it takes NULL, as ``make_migration`` has it."""
    return fitted(row.type, LONGEST_TYPE) + ("?" if row.null else "")


def shown_rest(box: Box) -> str:
    if box.rows:
        return f"{box.left_out} more"
    return f"{box.left_out} column{'' if box.left_out == 1 else 's'}"


def fitted(text: str, longest: int) -> str:
    """In one harmless line of at most so many cells."""
    line = one_line(text)
    if cells(line) <= longest:
        return line
    while cells(line) >= longest:
        line = line[:-1]
    return f"{line}…"


def cells(text: str) -> int:
    """How many columns of a terminal, or widths of a digit, it takes."""
    return sum(map(_cells_of, text))


def _cells_of(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
