"""``migrate_status``: which migrations have been applied."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Any

from django.core.management.base import CommandParser
from django.db import connections

from kit_django.management.base import KitCommand, add_database
from kit_django.runner import status
from kit_django.runner.history_table import HistoryRow
from kit_django.runner.status import Status

WORDS = {
    "applied": "applied",
    "covered": "applied, in the schema dump",
    "pending": "pending",
    "missing": "applied, file missing",
    "edited": "applied, edited since",
    "failed": "failed",
    "running": "running, by {holder}",
}


class Command(KitCommand):
    help = "Shows which of kit's migrations have been applied."

    def add_options(self, parser: CommandParser) -> None:
        add_database(parser)
        parser.add_argument(
            "--check",
            action="store_true",
            help="Exit with 1 if any is pending, failed, missing, or was edited since.",
        )
        parser.add_argument(
            "--pending",
            action="store_true",
            help="Show only what is pending, and exit with 1 if anything is.",
        )

    def run(self, **options: Any) -> None:
        found = status.read(connections[options["database"]])
        if options["pending"]:
            found = tuple(each for each in found if each.state == "pending")
        self.report.answer([each.as_json() for each in found], self.in_words(found))
        looked_for = found if options["pending"] else [each for each in found if each.needs_care]
        if looked_for and (options["check"] or options["pending"]):
            sys.exit(1)

    def in_words(self, found: Sequence[Status]) -> Iterator[str]:
        yield "Migration Status\n----------------"
        tick = self.tick()
        for each in found:
            mark = " " if each.state in ("pending", "failed", "running") else tick
            state = WORDS[each.state].format(holder=each.holder)
            more = details(each.row) if self.report.verbosity > 1 and each.row else ()
            yield f"[{mark}] {each.name} ({', '.join([state, *more])})"
        holder = next((each.holder for each in found if each.holder), "")
        if holder and all(each.state != "running" for each in found):
            yield f"Another runner is at work: {holder}."

    def tick(self) -> str:
        encoding = getattr(self.stdout, "encoding", None) or "utf-8"
        try:
            "✓".encode(encoding)
        except (UnicodeEncodeError, LookupError):
            return "x"
        return "✓"


def details(row: HistoryRow) -> Iterator[str]:
    """In which batch, when, how long it took, and who ran it where."""
    yield f"batch {row.batch}"
    if row.applied_at:
        yield f"{row.applied_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    if row.duration_ms is not None:
        yield f"{row.duration_ms} ms"
    if row.host:
        yield f"by {row.username}@{row.host}" if row.username else f"on {row.host}"
