"""``migrate_environment``: which environment a database is of, as Rails' ``db:environment:set``."""

from __future__ import annotations

from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import CommandParser
from django.db import connections

from kit_django.conf import environment_name, get_settings
from kit_django.exceptions import ConfigurationError, HistoryError
from kit_django.management.base import (
    KitCommand,
    add_database,
    add_lock_timeout,
    describe_database,
    lock_timeout,
)
from kit_django.runner.databases import database_of
from kit_django.runner.history import History


class Command(KitCommand):
    help = (
        "Shows which environment the database is of, or marks it as of another. migrate_fresh and "
        "migrate_rollback --all refuse production, and what is of another environment than the settings."
    )
    examples = ("", "staging")

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument(
            "name", nargs="?", type=word, help="What to mark the database as, such as staging."
        )
        add_database(parser)
        add_lock_timeout(parser)

    def run(self, **options: Any) -> None:
        connection = connections[options["database"]]
        history, where = History(connection), describe_database(connection)
        before = history.environment()
        if options["name"] is None:
            data = {"environment": before or None, "settings": get_settings().environment}
            said = f"of {before!r}" if before else "not marked"
            self.report.answer(
                data, [f"The {where} is {said}; the settings are of {data['settings']!r}."]
            )
            return
        with database_of(connection).locked(lock_timeout(options), self.report):
            if not history.settled_rows() or not history.mark(options["name"]):
                raise HistoryError(
                    f"No migration has been applied to the {where}: nothing can be marked."
                )
        was = f"; it was {before!r}" if before else ""
        self.report.conclude(
            {"environment": options["name"], "before": before or None},
            [f"The {where} is marked as {options['name']!r}{was}."],
        )


def word(text: str) -> str:
    """For argparse: the name of an environment."""
    try:
        return environment_name("ENVIRONMENT", text)
    except ConfigurationError:
        raise ArgumentTypeError(f"must be a word such as staging, not {text!r}") from None
