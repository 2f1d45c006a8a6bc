"""How a migration stands after an error, by the history: what is said of it was looked at."""

from __future__ import annotations

from typing import Literal

from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.exceptions import HistoryError
from kit_django.runner.databases.sessions import renew
from kit_django.runner.history import History

Standing = Literal["absent", "applied", "failed", "unknown"]


def standing(history: History, name: str) -> Standing:
    """Asked in the session that is there, or else in another one."""
    for _ in range(2):
        try:
            row = next((row for row in history.rows() if row.name == name), None)
        except (Error, HistoryError):
            renew_quietly(history.connection)
            continue
        if row is None:
            return "absent"
        if row.is_failed:
            return "failed"
        return "applied" if row.counts_as_applied else "absent"
    return "unknown"


def renew_quietly(connection: BaseDatabaseWrapper) -> None:
    try:
        renew(connection)
    except Error:
        connection.connection = None  # it could not even be closed
