"""What a string or a number in SQL stands for."""

from __future__ import annotations

import re
from decimal import Decimal

from kit_django.schema.dialects.base import Dialect
from kit_django.schema.sql.nodes import Coded, Literal

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "\\": "\\", "'": "'", '"': '"'}
# A character set in front says nothing of the text.
_STRING = re.compile(
    r"""(?P<tag>\$\w*\$)(?P<dollars>.*)(?P=tag)
    |   (?:_\w+\s*)?(?P<prefix>[eEnNxXbB]|[uU]&|)['"](?P<body>.*)['"]""",
    re.DOTALL | re.VERBOSE,
)


def string_value(text: str, dialect: Dialect) -> Literal | Coded | None:
    """The value of a string with its quotes; None for escapes that not all databases read alike."""
    match = _STRING.fullmatch(text)
    assert match is not None  # the tokenizer's strings are nothing else
    if match["tag"] is not None:
        return Literal(match["dollars"])
    prefix, quote = match["prefix"].lower(), text[-1]
    body = match["body"].replace(quote * 2, quote)
    if prefix not in ("", "e", "n"):
        return Coded(prefix, body.lower() if prefix in ("x", "b") else body)
    if "\\" not in body or not (prefix == "e" or dialect.backslash_escapes):
        return Literal(body)
    return _unescaped(body)


def _unescaped(body: str) -> Literal | None:
    escapes = re.findall(r"\\(.)", body, re.DOTALL)
    if not all(escape in _ESCAPES for escape in escapes):
        return None
    plain = re.sub(r"\\(.)", lambda escape: _ESCAPES[escape[1]], body, flags=re.DOTALL)
    return Literal(plain)


def number_value(text: str) -> Literal | Coded:
    """A hexadecimal one is bytes to some databases."""
    text = text.replace("_", "").lower()
    if text.startswith("0x"):
        return Coded("0x", text[2:])
    return Literal(int(text) if text.isdigit() else Decimal(text))
