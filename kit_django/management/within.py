"""``migrate`` as a part of another command, which holds the lock and has the last word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management import call_command

from kit_django.management.base import KitCommand
from kit_django.management.commands.migrate import Command as Migrate

PASSED_ON = (
    *("database", "verbosity", "format", "pretend", "no_color", "force_color"),
    *("lock_timeout", "statement_lock_timeout", "statement_timeout"),
)


class MigrateWithin(Migrate):
    tells_failure = False

    def conclude(self) -> None:
        self.report.begin()


def migrate_within(outer: KitCommand, command: MigrateWithin, options: Mapping[str, Any]) -> None:
    """Run it, as the outer command was told to; its events are the outer command's too."""
    command.stdout, command.stderr = outer.stdout, outer.stderr
    try:
        call_command(command, interactive=False, **{name: options[name] for name in PASSED_ON})
    finally:
        outer.report.events += command.report.events if hasattr(command, "report") else []
