"""``db_sync``: migrate, read the database, bring the models up to date."""

from __future__ import annotations

import difflib
import re
import sys
import traceback
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import asdict
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any, TypeVar

from django.core.management import call_command, get_commands, load_command_class
from django.core.management.base import CommandParser
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

from kit_django.codegen.comparing import SyncOptions
from kit_django.codegen.following.edits import Difference
from kit_django.codegen.following.said import Step
from kit_django.codegen.specs import Note
from kit_django.codegen.sync import SyncReport, sync_models
from kit_django.codegen.verifying.losses import Comparison, Loss
from kit_django.conf import get_settings
from kit_django.exceptions import KitError
from kit_django.management.base import KitCommand, add_database, asks
from kit_django.runner import status
from kit_django.runner.files import discover
from kit_django.schema.introspection import schema_names, table_keys

Told = TypeVar("Told", Loss, Note)

FLAGS = {
    "--skip-migrations": "Do not run migrations first.",
    "--views": "Write models of views too.",
    "--check": "Write nothing, and exit with 1 if the models differ from the database.",
    "--diff": "Write nothing, and show what would be written.",
    "--prune": "Take away the classes of tables that are gone.",
    "--force": "With --prune: also classes that have methods of your own.",
    "--verify": "Make the models in an empty database, and tell what of the schema they lose.",
}

DIFFER = "The models differ from the database."


class Command(KitCommand):
    help = "Runs pending migrations and brings the models up to date with the database."
    examples = ("", "--check", "--diff", "--table 'shop_*'", "--rename posts=articles")

    def add_options(self, parser: CommandParser) -> None:
        add_database(parser)
        parser.add_argument("--app", metavar="LABEL", help="Sync the models of this app only.")
        parser.add_argument(
            "--table",
            action="append",
            default=[],
            metavar="PATTERN",
            help="Sync these tables only; may be given several times.",
        )
        parser.add_argument(
            "--rename",
            action="append",
            default=[],
            metavar="OLD=NEW",
            help="The table, or the column as in users.nick=handle, is called NEW now: its class or "
            "field goes along. OLD= says that it is gone.",
        )
        for flag, text in FLAGS.items():
            parser.add_argument(flag, action="store_true", help=text)

    def run(self, **options: Any) -> None:
        only_looks = options["check"] or options["diff"] or options["verify"]
        steps: tuple[Step, ...] = ()
        if not options["skip_migrations"] and not only_looks:
            steps = self.migrate(options) if self.is_ours(options) else ()
        if options["verify"]:
            self.verify(options)
            return
        asked = SyncOptions(
            app=options["app"],
            tables=tuple(options["table"]),
            views=options["views"],
            prune=options["prune"],
            force=options["force"],
            write=not only_looks,
            steps=steps,
            renamed=tuple(options["rename"]),
            ask=None if only_looks or not sys.stdin.isatty() else self.asks,
            progress=self.report.progress,
        )
        report = sync_models(connections[options["database"]], get_settings(), asked)
        self.show(report, options)
        if options["traceback"]:
            for each in report.skipped:
                self.stderr.write("".join(traceback.format_exception(each.error)))
        if report.skipped or (options["check"] and not report.is_in_sync):
            sys.exit(1)

    def asks(self, question: str) -> bool:
        self.report.close()
        return asks(question)

    def is_ours(self, options: dict[str, Any]) -> bool:
        """Whether migrations have been here, or are to be; a database that others look after gets
        none of Django's tables unasked."""
        there = {name for _, name in table_keys(connections[options["database"]])}
        histories = {MigrationRecorder.Migration._meta.db_table, get_settings().history_table}
        if not there or there & histories or discover():
            return True
        self.report.say(
            "No migration was run: none has been here. manage.py migrate runs Django's."
        )
        return False

    def migrate(self, options: dict[str, Any]) -> tuple[Step, ...]:
        """Run what is pending; its report would not mix with JSON. What was renamed and dropped."""
        command = load_command_class(get_commands()["migrate"], "migrate")
        call_command(
            command,
            database=options["database"],
            interactive=False,
            verbosity=options["verbosity"] if self.report.is_for_people else 0,
            no_color=options["no_color"],
            force_color=options["force_color"],
            # A wrapper around our wrapper would end the lines that Django writes in two parts.
            stdout=self.stdout._out,
            stderr=self.stderr._out,
        )
        return tuple(getattr(getattr(command, "report", None), "renamed", ()))

    def show(self, report: SyncReport, options: dict[str, Any]) -> None:
        data = as_json(report, is_written=not (options["check"] or options["diff"]))
        if options["diff"]:
            lines = (self.coloured(line) for line in unified_diff(report))
            self.report.answer(data, [*lines, *by_hand(report)])
            return
        words = in_words(
            report,
            is_written=not options["check"],
            verbosity=options["verbosity"],
            pending=self.pending(options) if options["check"] or options["skip_migrations"] else 0,
        )
        self.report.tell(data, self.with_verdict(words, report))

    def with_verdict(self, words: Iterable[str], report: SyncReport) -> Iterator[str]:
        """The last of the lines is one."""
        *said, verdict = words
        is_left = report.skipped or report.unmended or verdict == DIFFER
        yield from said
        yield self.style.WARNING(verdict) if is_left else self.style.SUCCESS(verdict)

    def coloured(self, line: str) -> str:
        """A line of a diff."""
        colours = {"-": self.style.ERROR, "+": self.style.SUCCESS, "@": self.style.MIGRATE_HEADING}
        return colours.get(line[:1], str)(line)

    def pending(self, options: dict[str, Any]) -> int:
        """How many migrations the database has yet to see."""
        try:
            found = status.read(connections[options["database"]])
        except KitError:
            return 0  # migrate says what is the matter
        return sum(each.state == "pending" for each in found)

    def verify(self, options: dict[str, Any]) -> None:
        """Print what a round trip through models loses, by kind and by name."""
        from kit_django.codegen.project.apps import schemas
        from kit_django.codegen.verifying.round_trip import verify

        connection = connections[options["database"]]
        named = schemas(get_settings().models, schema_names(connection))
        result = verify(connection, options["app"] or "models", named)
        data = {
            "facts": result.total,
            "kept": result.kept,
            "losses": [asdict(loss) for loss in result.losses],
            "beside": [asdict(each) for each in result.beside],
            "otherwise": [asdict(each) for each in result.otherwise],
        }
        self.report.answer(data, losses_in_words(result, is_whole=options["verbosity"] > 1))


def losses_in_words(result: Comparison, *, is_whole: bool) -> Iterator[str]:
    for title, losses in (
        ("Lost", result.losses),
        ("Otherwise", result.otherwise),
        ("Beside the models", result.beside),
    ):
        yield from by_kind(
            losses,
            attrgetter("kind"),
            partial(_loss, title),
            partial(_losses, title),
            is_whole=is_whole,
        )
    yield f"{result.kept} of {result.total} facts survive the way through the models."


def _losses(title: str, loss: Loss, count: int) -> str:
    return f"{title}: {loss.kind}: {count} of them"


def _loss(title: str, loss: Loss) -> str:
    about = f".{loss.about}" if loss.about else ""
    change = f"{loss.before} -> {loss.after}" if loss.after else loss.before
    return f"{title}: {loss.kind}: {loss.table}{about}" + (f": {change}" if change else "")


def by_kind(
    found: Iterable[Told],
    kind: Callable[[Told], Hashable],
    one: Callable[[Told], str],
    several: Callable[[Told, int], str],
    *,
    is_whole: bool,
) -> Iterator[str]:
    """One line for a kind, with a count where there are several; each by itself if all are wanted."""
    kinds: dict[Hashable, list[Told]] = {}
    for each in found:
        kinds.setdefault(kind(each), []).append(each)
    for group in kinds.values():
        if is_whole or len(group) == 1:
            yield from map(one, group)
        else:
            where = ", ".join(dict.fromkeys(each.table for each in group[:3]))
            more = " ..." if len(group) > 3 else ""
            yield f"{several(group[0], len(group))} ({where}{more}); -v 2 lists them."


def in_words(
    report: SyncReport, *, is_written: bool, verbosity: int = 1, pending: int = 0
) -> Iterator[str]:
    yield "Syncing models..." if is_written else "Comparing models..."
    if pending:
        yield f"Migrations that are pending: {pending}. What they will do is not in the database yet."
    for change in report.changes:
        verb = "Wrote" if is_written else "Would write"
        yield f"{verb} {shown(change.path)}" + (
            f": {', '.join(change.classes)}" if change.classes else ""
        )
    for difference in report.differences:
        yield in_a_line(difference, "" if difference not in report.unmended else "by hand: ")
    for skipped in report.skipped:
        yield f"table {skipped.table}: {skipped.reason}, skipped."
    for usage in report.usages:
        yield f"{shown(usage.path)}:{usage.line} still uses the name {usage.name}."
    if report.unclaimed:
        yield f"No app takes these tables: {', '.join(report.unclaimed)}."
    yield from by_kind(report.notes, _kind, _note, _notes, is_whole=verbosity > 1)
    if report.is_in_sync:
        yield "The models are up to date."
    elif report.skipped:
        yield "Some tables were skipped; --traceback shows where in kit it happened."
    elif is_written and len(report.unmended) < len(report.differences) + len(report.models):
        yield "Models synced successfully!"
    else:
        yield DIFFER


def _kind(note: Note) -> str:
    message = re.sub(r"\([^)]*\)", "(...)", note.message)
    return f"{note.kind}: {message}"


def _notes(note: Note, count: int) -> str:
    return f"{count} notes: {_kind(note)}"


def _note(note: Note) -> str:
    about = f" ({note.about})" if note.about else ""
    return f"Note on {note.table}{about}: {note.kind}: {note.message}."


def in_a_line(difference: Difference, how: str) -> str:
    about = f".{difference.about}" if difference.about else ""
    return f"{how}{difference.model}{about}: {difference.message}."


def unified_diff(report: SyncReport) -> Iterator[str]:
    for change in report.changes:
        name = shown(change.path)
        yield from difflib.unified_diff(
            change.old.text.splitlines() if change.old else [],
            change.new.text.splitlines(),
            name,
            name,
            lineterm="",
        )


def by_hand(report: SyncReport) -> Iterator[str]:
    """What ``--check`` finds, and no edit of a file mends."""
    for difference in report.unmended:
        yield in_a_line(difference, "by hand: ")
    for skipped in report.skipped:
        yield f"table {skipped.table}: {skipped.reason}, skipped."


def shown(path: Path) -> str:
    """The path from where the person is, if it is below there."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def as_json(report: SyncReport, *, is_written: bool) -> dict[str, Any]:
    return {
        "written": is_written,
        "in_sync": report.is_in_sync,
        "files": [
            {"path": str(change.path), "classes": list(change.classes)} for change in report.changes
        ],
        "models": [{"table": table, "model": model} for table, model in report.models],
        "differences": [
            {
                "table": each.table,
                "model": each.model,
                "about": each.about,
                "message": each.message,
                "mended": is_written and each not in report.unmended,
            }
            for each in report.differences
        ],
        "usages": [
            {"name": each.name, "path": str(each.path), "line": each.line} for each in report.usages
        ],
        "notes": [asdict(note) for note in report.notes],
        "skipped": [{"table": each.table, "reason": each.reason} for each in report.skipped],
        "unclaimed": list(report.unclaimed),
        "unchanged": report.unchanged,
    }
