"""Which environment a database is of, as Rails keeps it: each row of the history says where it was
applied, and the oldest one speaks for the database."""

from __future__ import annotations

from kit_django.conf import get_settings
from kit_django.exceptions import Prohibited
from kit_django.runner.history import History

PROTECTED = "production"


def refuse_protected(history: History, what: str, where: str) -> None:
    """Raises Prohibited for production, and for a database of another environment than the settings are.

    One that no migration has marked yet, as before there were marks, is of any.
    """
    here, there = get_settings().environment, history.environment()
    if there in ("", here) and there != PROTECTED:
        return
    said = "" if here == there else f", and these settings are of {here!r}"
    raise Prohibited(
        f"The {where} is marked as {there!r}{said}. {what} is refused there, whatever --force says. If "
        f"it is none, {_way_out(here)}. Nothing was touched."
    )


def _way_out(here: str) -> str:
    if here != PROTECTED:
        return f"say so first: migrate_environment {here}"
    return (
        'say so first, with a word such as "staging": in settings.KIT["ENVIRONMENT"], which is '
        '"production" where DEBUG is off and nothing else is set, then with migrate_environment staging'
    )
