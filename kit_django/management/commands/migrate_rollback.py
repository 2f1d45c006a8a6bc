"""``migrate_rollback``: undo the last migrations, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.management.base import CommandParser
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.conf import get_settings
from kit_django.exceptions import Prohibited, UsageError
from kit_django.management.base import (
    KitCommand,
    add_bounds,
    add_database,
    add_lock_timeout,
    agree,
    describe_database,
    may_be_production,
    patience,
    positive,
)
from kit_django.runner import planner, rollback
from kit_django.runner.databases import database_of
from kit_django.runner.environment import refuse_protected
from kit_django.runner.execution import Executor
from kit_django.runner.history import History
from kit_django.runner.history_table import HistoryRow
from kit_django.runner.pretend import pretend
from kit_django.runner.run import Run, running
from kit_django.runner.units import Down

MOST_LISTED = 5


class Command(KitCommand):
    help = "Rolls back the last of kit's migrations, or more of them."
    examples: tuple[str, ...] = ("", "--step 3", "--to 20240101120001", "--pretend")
    headline = "Rolling back migrations..."

    def add_options(self, parser: CommandParser) -> None:
        self.add_which(parser)
        parser.add_argument(
            "--force",
            action="store_true",
            help="Do not ask; needed where DEBUG is off and there is no terminal.",
        )
        add_database(parser)
        add_lock_timeout(parser)
        add_bounds(parser)

    def add_which(self, parser: CommandParser) -> None:
        """Which migrations, and how."""
        which = parser.add_mutually_exclusive_group()
        which.add_argument(
            "--step", type=positive, metavar="N", help="The last N migrations; by default 1."
        )
        which.add_argument(
            "--batch", type=positive, metavar="N", help="All migrations of that batch."
        )
        which.add_argument("--to", metavar="NAME", help="All that were applied after NAME.")
        which.add_argument("--all", action="store_true", help="All migrations.")
        parser.add_argument(
            "--pretend", action="store_true", help="Print the SQL, and change nothing."
        )

    def run(self, **options: Any) -> None:
        connection = connections[options["database"]]
        if options["pretend"]:
            units = self.prepare(connection, options)
            pretend(units, connection, self.report)
        else:
            asked = self.agree(connection, options)
            with running(database_of(connection), patience(options), self.report) as run:
                units = self.roll_back(connection, options, asked, run)
        self.conclude(len(units), options["pretend"])

    def agree(self, connection: BaseDatabaseWrapper, options: dict[str, Any]) -> list[str] | None:
        """Before anybody has to wait: see ``confirm``. Raises Prohibited."""
        if get_settings().prohibit_destructive:
            raise Prohibited(
                'settings.KIT["PROHIBIT_DESTRUCTIVE"] forbids rollbacks here. Nothing was touched.'
            )
        if options["all"]:
            where = describe_database(connection)
            refuse_protected(History(connection), "A rollback of all", where)
        return self.confirm(connection, options)

    def roll_back(
        self,
        connection: BaseDatabaseWrapper,
        options: dict[str, Any],
        asked: list[str] | None,
        run: Run,
    ) -> tuple[Down, ...]:
        """What was agreed to, within a run."""
        units = self.prepare(connection, options)
        refuse_others(units, asked)
        self.report.expected = len(units)
        rollback.run(units, Executor(connection, self.report, run))
        return units

    def prepare(self, connection: BaseDatabaseWrapper, options: dict[str, Any]) -> tuple[Down, ...]:
        history = History(connection)
        rows = history.rows() if options["pretend"] else history.settled_rows()
        planner.refuse_failed(rows)
        return rollback.prepare(chosen(rows, options), history, self.report)

    def confirm(self, connection: BaseDatabaseWrapper, options: dict[str, Any]) -> list[str] | None:
        """Ask, where it may be production; what was agreed to, None where nobody was asked."""
        if not may_be_production(options):
            return None
        names = [row.name for row in chosen(History(connection).rows(), options)]
        where = describe_database(connection)
        if not names:
            return names
        listed = ", ".join(names[:MOST_LISTED])
        more = f" and {len(names) - MOST_LISTED} more" if len(names) > MOST_LISTED else ""
        agree(
            f"Roll back {len(names)} migration(s) of {where}: {listed}{more}?",
            "Nothing was rolled back.",
            f"Nothing was rolled back of {where}. Say --force to roll back {listed}{more}.",
        )
        return names

    def conclude(self, count: int, is_pretended: bool) -> None:
        words = [] if is_pretended else ["Rollback completed successfully!"]
        self.report.conclude(self.report.done(), words if count else ["Nothing to roll back."])


def refuse_others(units: Sequence[Down], asked: list[str] | None) -> None:
    """Raises Prohibited where another runner has changed meanwhile what would be rolled back."""
    if asked is not None and [unit.name for unit in units] != asked:
        raise Prohibited(
            "Another runner has changed meanwhile which migrations these are. Nothing was rolled back."
        )


def chosen(rows: Sequence[HistoryRow], options: dict[str, Any]) -> tuple[HistoryRow, ...]:
    """What the options ask for, newest first. Raises HistoryError, UsageError."""
    given = [name for name in ("step", "batch", "to", "all") if options[name] not in (None, False)]
    if len(given) > 1:
        raise UsageError(f"--{given[0]} and --{given[1]} do not go together. Say one of them.")
    if options["all"]:
        return planner.everything(rows)
    if options["batch"] is not None:
        return planner.of_batch(rows, options["batch"])
    if options["to"] is not None:
        return planner.after(rows, options["to"])
    return planner.last_steps(rows, 1 if options["step"] is None else options["step"])
