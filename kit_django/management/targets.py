"""``migrate --to NAME``: forward to one of kit's migrations, or back to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from kit_django.exceptions import UsageError
from kit_django.management.reporting import Reporter
from kit_django.meant import did_you_mean
from kit_django.runner import planner
from kit_django.runner.files import discover
from kit_django.runner.history import History
from kit_django.runner.planner import Target, behind_digits

FORWARD_ONLY = ("plan", "check_unapplied", "fake", "prune", "step", "single_transaction")
PASSED_BACK = (
    *("database", "verbosity", "format", "pretend", "force", "no_color", "force_color"),
    *("lock_timeout", "statement_lock_timeout", "statement_timeout"),
)


def find(options: Mapping[str, Any], history: History, report: Reporter) -> Target | None:
    """Where ``--to`` leads, with a word about which way. Raises UsageError, HistoryError."""
    if options["to"] is None:
        return None
    if options["app_label"]:
        raise UsageError("--to leads to one of kit's migrations, and goes with no app's label.")
    target = planner.target(discover(), history.rows(), options["to"])
    report.say(f"Going {'back' if target.is_back else 'forward'} to {target.name}.")
    return target


def refuse_name_in_place_of_label(options: Mapping[str, Any], is_kit_app: bool) -> None:
    """Raises UsageError for a migration of kit's where Django expects an app, or one of its own."""
    label, name = options["app_label"], options["migration_name"]
    if is_kit_app and name:
        raise UsageError(f"One of kit's migrations is gone to without a label: migrate --to {name}")
    if label is None or label in apps.app_configs:
        return
    if any(label in (file.name[: len(label)], behind_digits(file.name)) for file in discover()):
        raise UsageError(
            f"{label!r} is one of kit's migrations, and migrate takes the label of an app there. "
            f"Say migrate --to {label}"
        )
    unknown = f"No installed app with label {label!r}."
    if hint := did_you_mean(label, apps.app_configs):
        raise CommandError(unknown + hint)
    if hint := planner.near([file.name for file in discover()], label):
        raise UsageError(f"{unknown}{hint} It is gone to by migrate --to.")


def go_back(target: Target, command: BaseCommand, options: Mapping[str, Any]) -> None:
    """As ``migrate_rollback --to`` goes. Raises UsageError for what that has not."""
    for option in FORWARD_ONLY:
        if options[option]:
            raise UsageError(
                f"{target.name} is applied, so that --to goes back, and "
                f"--{option.removesuffix('_unapplied').replace('_', '-')} is for going forward. "
                f"Nothing was touched."
            )
    from kit_django.management.commands.migrate_rollback import Command as RollBack

    rollback = RollBack(stdout=command.stdout, stderr=command.stderr)  # type: ignore[arg-type]
    rollback.tells_failure = False
    call_command(rollback, to=target.name, **{name: options[name] for name in PASSED_BACK})
