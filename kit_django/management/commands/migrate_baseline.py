"""``migrate_baseline``: record migrations as applied where the database has what they make."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.db import connections

from kit_django.codegen.adopting.baseline import missing
from kit_django.codegen.adopting.others import made_by_others
from kit_django.exceptions import DatabasesDiffer, UsageError
from kit_django.management.base import KitCommand, add_database, add_lock_timeout, patience
from kit_django.management.reporting import listed
from kit_django.runner.files import discover
from kit_django.runner.loading import LoadedMigration, load_all
from kit_django.runner.migrator import Migrator
from kit_django.runner.planner import batches


class Command(KitCommand):
    help = (
        "Records pending migrations as applied on a database that has what they make already, "
        "after looking whether it does: they are run in a scratch database, and compared."
    )

    headline = "Recording migrations..."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument(
            "name", nargs="?", help="The last one of them, or as much of its name as is unique."
        )
        parser.add_argument(
            "--force", action="store_true", help="Record them though the database differs."
        )
        add_database(parser)
        add_lock_timeout(parser)

    def run(self, **options: Any) -> None:
        connection = connections[options["database"]]
        migrator = Migrator(connection, self.report, patience(options))
        plan = migrator.plan()
        wanted = _up_to(options["name"], migrator.load(plan))
        pending = {each.name for each in plan.pending}
        earlier = load_all(each for each in discover() if each.name not in pending)
        differences = missing(
            connection,
            [each.migration.up for each in earlier],
            [each.migration.up for each in wanted],
            made_by_others(connection),
        )
        if differences and not options["force"]:
            raise DatabasesDiffer(_refusal(differences))
        with migrator.locked():
            migrator.fake(wanted, batches(migrator.plan().batch, step=False))
        data = {"recorded": [each.name for each in wanted], "differences": differences}
        self.report.conclude(data, ["They are on record as applied."])


def _up_to(prefix: str | None, pending: tuple[LoadedMigration, ...]) -> list[LoadedMigration]:
    """Those up to the one that is named. Raises UsageError for none, and for several of that name."""
    if not pending:
        raise UsageError("Nothing is pending: there is no migration to record.")
    fitting = [each.name for each in pending if each.name.startswith(prefix or "")]
    exact = [name for name in fitting if name == prefix]
    if prefix is not None and len(exact or fitting) != 1:
        which = f"fits {', '.join(fitting)}" if fitting else "fits no pending migration"
        raise UsageError(f"{prefix!r} {which}. Say more of its name, as migrate_status shows it.")
    last = (exact or fitting)[-1]
    return [each for each in pending if each.name <= last]


def _refusal(differences: list[str]) -> str:
    return (
        f"The database is not what the migrations make (- is missing, + is otherwise):\n"
        f"{listed(differences)}\n"
        "Nothing was recorded. --force records them all the same."
    )
