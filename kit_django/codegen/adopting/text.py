"""SQL as Python source: a literal that a person can read, and that is the same text."""

from __future__ import annotations

import ast


def run_sql(sql: str) -> str:
    """The call that runs it."""
    return f"schema.run_sql({literal(sql)})"


def literal(text: str) -> str:
    """A string of one line, or of many as they stand, where that is the same text."""
    if "\n" in text and '"""' not in text and _is_printable(text):
        raw = "r" if "\\" in text else ""  # else Python warns of what is no escape
        written = f'{raw}"""{text}"""'
        if _value(written) == text:
            return written
    return repr(text)


def _is_printable(text: str) -> bool:
    return all(line.replace("\t", " ").isprintable() for line in text.split("\n"))


def _value(source: str) -> object:
    try:
        return ast.literal_eval(source)
    except (SyntaxError, ValueError):
        return None
