"""``db_sync``: migrate, read the database, bring the models up to date."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandParser
from django.db import connections

from kit_django.codegen.sync import SyncOptions, SyncReport, sync_models
from kit_django.conf import get_settings
from kit_django.management.base import KitCommand, add_database


class Command(KitCommand):
    help = "Runs pending migrations and brings the models up to date with the database."

    def add_options(self, parser: CommandParser) -> None:
        add_database(parser)
        parser.add_argument(
            "--skip-migrations", action="store_true", help="Do not run migrations first."
        )
        parser.add_argument("--app", metavar="LABEL", help="Sync the models of this app only.")
        parser.add_argument(
            "--table",
            action="append",
            default=[],
            metavar="PATTERN",
            help="Sync these tables only; may be given several times.",
        )
        parser.add_argument("--views", action="store_true", help="Write models of views too.")

    def run(self, **options: Any) -> None:
        if not options["skip_migrations"]:
            self.migrate(options)
        asked = SyncOptions(options["app"], tuple(options["table"]), options["views"])
        report = sync_models(connections[options["database"]], get_settings(), asked)
        if options["format"] == "json":
            self.write_json(as_json(report))
        elif options["verbosity"] > 0:
            self.tell(report)

    def migrate(self, options: dict[str, Any]) -> None:
        """Run what is pending; its report would not mix with JSON."""
        quiet = options["format"] == "json"
        call_command(
            "migrate",
            database=options["database"],
            interactive=False,
            verbosity=0 if quiet else options["verbosity"],
            stdout=self.stdout,
            stderr=self.stderr,
        )

    def tell(self, report: SyncReport) -> None:
        self.say("Syncing models...")
        for change in report.changes:
            self.say(f"Wrote {shown(change.path)}: {', '.join(change.classes) or 'imports'}")
        for note in report.notes:
            about = f" ({note.about})" if note.about else ""
            self.say(f"Note on {note.table}{about}: {note.kind}: {note.message}.")
        if report.unclaimed:
            self.say(f"No app takes these tables: {', '.join(report.unclaimed)}.")
        self.say("Models synced successfully!" if report.changes else "The models are up to date.")


def shown(path: Path) -> str:
    """The path from where the person is, if it is below there."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def as_json(report: SyncReport) -> dict[str, Any]:
    return {
        "files": [
            {"path": str(change.path), "classes": list(change.classes)} for change in report.changes
        ],
        "models": [{"table": table, "model": model} for table, model in report.models],
        "notes": [
            {
                "table": note.table,
                "about": note.about,
                "kind": note.kind,
                "message": note.message,
            }
            for note in report.notes
        ],
        "unclaimed": list(report.unclaimed),
        "unchanged": report.unchanged,
    }
