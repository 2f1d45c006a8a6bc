"""Names for indexes and constraints that have none, in migrations and in models.

The form is Laravel's, ``users_email_unique``. A name that is too long keeps its beginning and its
last word, with a hash between them, so that it is the same on every host and in every run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Literal

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.exceptions import OperationError
from kit_django.schema.dialects import dialect_of

Suffix = Literal["index", "unique", "foreign", "check", "pkey", "exclude", "key"]

# models.Index takes at most 30 characters (models.E034), so that generated models need no class
# of kit's own; constraints have the room that PostgreSQL gives, which is the least of all.
INDEX_LENGTH = 30
CONSTRAINT_LENGTH = 63


def default_name(table: str, columns: Iterable[str], suffix: Suffix) -> str:
    """``default_name("users", ["email"], "unique")`` -> ``"users_email_unique"``."""
    bare = table.rpartition(".")[2]
    name = "_".join(filter(None, [bare, *columns, suffix]))
    limit = INDEX_LENGTH if suffix == "index" else CONSTRAINT_LENGTH
    if len(name.encode()) <= limit and not name[0].isdigit() and name[0] != "_":
        return name
    return _shortened(name, suffix, limit)


def enum_name(table: str, column: str) -> str:
    """What the type of an enum is called that nobody named: ``users_role``."""
    name = f"{table}_{column}"
    return (
        name
        if len(name.encode()) <= CONSTRAINT_LENGTH
        else _shortened(name, "enum", CONSTRAINT_LENGTH)
    )


def _shortened(name: str, suffix: str, limit: int) -> str:
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    tail = f"_{digest}_{suffix}"
    head = name.lstrip("_0123456789") or "kit"
    while len((head + tail).encode()) > limit:
        head = head[:-1]
    return head + tail


def require_name(connection: BaseDatabaseWrapper, name: str, what: str) -> str:
    """The name of something new, as it was given.

    Raises OperationError where the database would refuse it, or cut it short without a word.
    """
    problem = dialect_of(connection).problem_with_name(name)
    if problem:
        raise OperationError(
            f"{connection.display_name} cannot have {what} called {name!r}: {problem}. "
            "Choose another name."
        )
    return name
