"""``migrate_reset``: undo all migrations, as Laravel's command of that name."""

from __future__ import annotations

from django.core.management.base import CommandParser

from kit_django.management.commands.migrate_rollback import Command as RollBack


class Command(RollBack):
    help = "Rolls back all of kit's migrations."
    examples = ("--pretend", "")

    def add_which(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--pretend", action="store_true", help="Print the SQL, and change nothing."
        )
        parser.set_defaults(step=None, batch=None, to=None, all=True)
