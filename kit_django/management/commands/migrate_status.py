"""``migrate_status``: which migrations have been applied."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Any

from django.core.management.base import CommandParser
from django.db import connections

from kit_django.management.base import KitCommand, add_database
from kit_django.runner import status
from kit_django.runner.history_table import HistoryRow
from kit_django.runner.status import State, Status

WORDS = {
    "applied": "applied",
    "covered": "applied, in the schema dump",
    "pending": "pending",
    "missing": "applied, file missing",
    "edited": "applied, edited since",
    "failed": "failed",
    "running": "running, by {holder}",
}

COLOURS = {
    **dict.fromkeys(("applied", "covered"), "SUCCESS"),
    **dict.fromkeys(("pending", "missing", "edited", "running"), "WARNING"),
    "failed": "ERROR",
}
OPEN = ("pending", "failed", "running")
TOLD: tuple[State, ...] = ("edited", "missing", "pending", "failed", "running")
NOTHING_YET = "There are no migrations yet. make_migration create_users_table makes one."


class Command(KitCommand):
    help = "Shows which of kit's migrations have been applied."
    examples = ("", "--check")

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
        every = status.read(connections[options["database"]])
        found = every
        if options["pending"]:
            found = tuple(each for each in every if each.state == "pending")
        is_hinted = self.tells_more and not every
        lines = [NOTHING_YET] if is_hinted else self.in_words(found)
        self.report.answer([each.as_json() for each in found], lines)
        looked_for = found if options["pending"] else [each for each in found if each.needs_care]
        if looked_for and (options["check"] or options["pending"]):
            sys.exit(1)

    def in_words(self, found: Sequence[Status]) -> Iterator[str]:
        yield self.style.MIGRATE_HEADING("Migration Status\n----------------")
        yield from map(self.in_a_line, found)
        holder = next((each.holder for each in found if each.holder), "")
        if holder and all(each.state != "running" for each in found):
            yield f"Another runner is at work: {holder}."
        if self.tells_more:
            yield f"\n{summary(found)}"

    def in_a_line(self, each: Status) -> str:
        mark = " " if each.state in OPEN else self.tick()
        said = [WORDS[each.state].format(holder=each.holder)]
        if self.tells_more and each.row:
            more = [*details(each.row)]
            said += more if self.report.verbosity > 1 else more[:1]
        colour = getattr(self.style, COLOURS[each.state])
        return f"[{colour(mark)}] {each.name} ({colour(', '.join(said))})"

    @property
    def tells_more(self) -> bool:
        """What programs read stays as it is."""
        return self.report.verbosity > 1 or (self.report.verbosity == 1 and self.stdout.isatty())

    def tick(self) -> str:
        encoding = getattr(self.stdout, "encoding", None) or "utf-8"
        try:
            "✓".encode(encoding)
        except (UnicodeEncodeError, LookupError):
            return "x"
        return "✓"


def summary(found: Sequence[Status]) -> str:
    """As in ``5 applied in 2 batches, 1 edited, 1 pending.``"""
    if not found:
        return "Nothing is pending."
    rows = [each.row for each in found if each.state not in OPEN and each.row]
    batches = len({row.batch for row in rows})
    said = [f"{len(rows)} applied in {batches} batch{'' if batches == 1 else 'es'}"] if rows else []
    counts = Counter(each.state for each in found)
    said += [f"{counts[state]} {state}" for state in TOLD if counts[state]]
    return f"{', '.join(said)}."


def details(row: HistoryRow) -> Iterator[str]:
    """In which batch, when, how long it took, and who ran it where."""
    yield f"batch {row.batch}"
    if row.applied_at:
        yield f"{row.applied_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    if row.duration_ms is not None:
        yield f"{row.duration_ms} ms"
    if row.host:
        yield f"by {row.username}@{row.host}" if row.username else f"on {row.host}"
