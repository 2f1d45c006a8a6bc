"""What is gone for good once a database has been emptied and migrated anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.runner.counting import rows_of
from kit_django.runner.databases import database_of
from kit_django.runner.databases.wiping import WipeOptions
from kit_django.runner.foreseeing import Foreseen
from kit_django.runner.words import one_line
from kit_django.schema.keys import Key, display_name

MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Losses:
    """The tables that a wipe drops and no migration makes again; ``said`` counts and names them."""

    tables: tuple[Key, ...]
    said: str

    @classmethod
    def of(
        cls, connection: BaseDatabaseWrapper, foreseen: Foreseen, options: WipeOptions
    ) -> Losses:
        database = database_of(connection)
        ignores_case = connection.features.ignores_table_name_case

        def same(key: Key) -> Key:
            return key[0], key[1].casefold() if ignores_case else key[1]

        made = set(map(same, foreseen.tables))
        lost = tuple(key for key in database.tables_to_wipe(options) if same(key) not in made)
        return cls(lost, _said(lost, foreseen.unclear, connection))


def _said(lost: Sequence[Key], unclear: Sequence[str], connection: BaseDatabaseWrapper) -> str:
    if not lost:
        return ""
    named = [_named(key, connection) for key in lost[:MOST_NAMED]]
    more = f" and {len(lost) - MOST_NAMED} more" if len(lost) > MOST_NAMED else ""
    said = f"{len(lost)} table(s) there no migration makes again: {', '.join(named)}{more}."
    if unclear:
        said += f" What {one_line(unclear[0])} would make cannot be told without running it."
    return said


def _named(key: Key, connection: BaseDatabaseWrapper) -> str:
    return f"{one_line(display_name(key))} ({rows_of(connection, key) or 'no rows'})"
