"""What a person may have meant who has misspelled a name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def closest(given: str, known: Iterable[str]) -> str:
    """The one of the names that is near; empty where none is."""
    return next(iter(difflib.get_close_matches(given, list(known), n=1)), "")


def did_you_mean(given: str, known: Iterable[str], shown: str = "{!r}") -> str:
    """`` Did you mean 'users'?``, or nothing where nothing is near; ``shown`` is how it is spelled."""
    close = closest(given, known)
    return f" Did you mean {shown.format(close)}?" if close else ""
