"""How a command reports: in words as things happen, or as one JSON document at its end.

A command hands every report to its Reporter, the data as well as the words, and never asks which
form was wanted. A new form is a Reporter and a line in FORMATS.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandParser, OutputWrapper

from kit_django.management.progress import ProgressLine
from kit_django.runner import events

LONGEST_LIST = 50


class Reporter(ABC):
    """Hears a runner's events, and the command's own answer.

    ``headline`` stands before the first migration in a report for people.
    """

    is_for_people: bool
    """Whether words of others, as Django's, may stand among these."""

    def __init__(self, command: BaseCommand, verbosity: int, headline: str = "") -> None:
        self.stdout: OutputWrapper = command.stdout
        self.stderr: OutputWrapper = command.stderr
        self.style = command.style
        self.verbosity = verbosity
        self.headline = headline
        self.has_begun = False
        self.shows_progress = verbosity > 0
        self.expected = 0
        """How many migrations are about to be run."""
        self.events: list[events.Event] = []

    def __call__(self, event: events.Event) -> None:
        if isinstance(event, events.Progress):
            self.progress(event.work, event.done, event.total)
            return
        self.events.append(event)
        self.hear(event)

    @abstractmethod
    def hear(self, event: events.Event) -> None:
        """An event, as it comes."""

    @abstractmethod
    def answer(self, data: Any, words: Iterable[str]) -> None:
        """What was asked for, as data and as lines: exactly one of them is looked at."""

    def tell(self, data: Any, words: Iterable[str] = ()) -> None:
        """What has come of it. At verbosity 0 a person is not told."""
        self.answer(data, words if self.verbosity > 0 else ())

    def conclude(self, data: Any, words: Iterable[str] = ()) -> None:
        """What was done, and all went well."""
        self.tell(data, (self.style.SUCCESS(line) for line in words))

    @abstractmethod
    def say(self, text: str) -> None:
        """Tell a person how far the command has come."""

    @abstractmethod
    def begin(self) -> None:
        """Show the headline, once."""

    def progress(self, work: str, done: int = 0, total: int = 0) -> None:  # noqa: B027
        """Show at a terminal how far long work is, until something else is said."""

    def sql(self, statement: str) -> None:  # noqa: B027
        """Show a statement that is about to be run."""

    def close(self) -> None:  # noqa: B027
        """Others are about to speak."""

    def fail(self, error: str, code: int, advice: str) -> None:  # noqa: B027
        """The command ends with that, in a paragraph on stderr."""

    @property
    def renamed(self) -> list[events.Renaming]:
        """What has been given another name or dropped, in the order of it."""
        found = (each for each in self.events if isinstance(each, events.Renamed))
        return [step for event in found for step in event.steps]

    @property
    def has_skipped(self) -> bool:
        return any(isinstance(each, events.MigrationSkipped) for each in self.events)

    def done(self) -> dict[str, list[Any]]:
        """What has been done, by kind; every kind is there."""
        found: dict[str, list[Any]] = {
            "loaded": [], "applied": [], "faked": [], "rolled_back": [], "skipped": [],
            "pretended": [], "seeded": [], "notes": [],
        }  # fmt: skip
        for event in self.events:
            match event:
                case events.DumpLoaded(path, migrations):
                    found["loaded"].append({"dump": path, "migrations": migrations})
                case events.MigrationFinished(name, duration_ms):
                    found["applied"].append({"name": name, "duration_ms": duration_ms})
                case events.RollbackFinished(name, duration_ms):
                    found["rolled_back"].append({"name": name, "duration_ms": duration_ms})
                case events.MigrationFaked(name):
                    found["faked"].append({"name": name})
                case events.MigrationSkipped(name, reason):
                    found["skipped"].append({"name": name, "reason": reason})
                case events.Pretended(name, statements):
                    found["pretended"].append({"name": name, "statements": list(statements)})
                case events.SeederFinished(name, duration_ms):
                    found["seeded"].append({"name": name, "duration_ms": duration_ms})
                case events.Note(text):
                    found["notes"].append(text)
        return found


class Words(Reporter):
    """Writes each event as it comes; at a terminal, a migration once more when it has ended, with its time."""

    is_for_people = True

    def __init__(self, command: BaseCommand, verbosity: int, headline: str = "") -> None:
        super().__init__(command, verbosity, headline)
        self.line = ProgressLine(self.stdout)
        self.doing = ""
        """The line of the migration under way that stands in the terminal until it has ended."""
        self.begun = 0

    def hear(self, event: events.Event) -> None:
        if isinstance(event, events.Pretended):
            self.pretended(event)
        elif self.verbosity > 0:
            self.write(event)
        elif isinstance(event, events.MigrationStarted):
            self.begun += 1
            self.progress("Applying migrations", self.begun, self.expected)

    def write(self, event: events.Event) -> None:
        match event:
            case events.DumpStarted(path, migrations):
                self.begin()
                self.put(f"Loading schema dump: {path} (in place of {counted(migrations)})")
            case events.MigrationStarted(name):
                self.begin()
                self.start("Applying migration", name)
            case events.RollbackStarted(name):
                self.begin()
                self.start("Rolling back", name)
            case events.MigrationFaked(name):
                self.begin()
                self.put(f"Faking migration: {self.style.MIGRATE_LABEL(name)}")
            case events.SeederStarted(name):
                self.start("Seeding", name)
            case events.MigrationFinished(_, ms, operations) | events.RollbackFinished(
                _, ms, operations
            ):
                self.finish(ms, operations)
            case events.SeederFinished(_, ms):
                self.finish(ms)
            case events.MigrationSkipped(name, reason):
                self.put(f"Skipping migration: {name} ({reason})")
            case events.Waiting(holder, timeout):
                self.put(f"Waiting for another runner, up to {timeout:g} s: {holder}")
            case events.Note(text):
                self.close()
                self.stderr.write(self.style.WARNING(text) if self.stderr.isatty() else text)

    def start(self, what: str, name: str) -> None:
        self.begun += 1
        text = f"{what}: {self.style.MIGRATE_LABEL(name)}"
        if self.line.is_terminal and self.verbosity == 1:
            of_all = f" ({self.begun} of {self.expected})" if self.expected > 1 else ""
            self.doing = text
            self.line.show(f"{what}: {name}{of_all} ...")
        else:
            self.put(text)

    def finish(self, duration_ms: int, operations: Sequence[str] = ()) -> None:
        if self.doing:
            self.doing += f"  {duration(duration_ms)}"
            self.close()
        elif self.verbosity > 1:
            for operation in operations:
                self.put(f"  {operation}")
            self.put(f"  done in {duration_ms} ms")

    def begin(self) -> None:
        if not self.has_begun and self.verbosity > 0:
            self.put(self.style.MIGRATE_HEADING(self.headline))
        self.has_begun = True

    def pretended(self, event: events.Pretended) -> None:
        self.has_begun = True
        self.put(f"-- {event.name}")
        for statement in event.statements:
            ending = "" if statement.startswith("--") else ";"
            self.put(statement.rstrip().rstrip(";") + ending)

    def progress(self, work: str, done: int = 0, total: int = 0) -> None:
        if self.shows_progress and not self.doing:
            self.line(work, done, total)

    def sql(self, statement: str) -> None:
        self.put(f"    {statement}")

    def close(self) -> None:
        self.line.clear()
        if self.doing:
            text, self.doing = self.doing, ""
            self.stdout.write(text)

    def put(self, line: str) -> None:
        self.close()
        self.stdout.write(line)
        self.stdout.flush()

    def say(self, text: str) -> None:
        if self.verbosity > 0:
            self.put(text)

    def answer(self, data: Any, words: Iterable[str]) -> None:
        self.close()
        for line in words:
            self.stdout.write(line)


class Json(Reporter):
    """One document. What a person should know at once goes to stderr all the same."""

    is_for_people = False
    has_answered = False

    def hear(self, event: events.Event) -> None:
        if isinstance(event, events.Waiting):
            self.stderr.write(f"Waiting for another runner, up to {event.timeout:g} s.")

    def say(self, text: str) -> None:
        pass

    def begin(self) -> None:
        pass

    def answer(self, data: Any, words: Iterable[str]) -> None:
        self.has_answered = True
        self.stdout.write(json.dumps(data, indent=2, default=str))

    def fail(self, error: str, code: int, advice: str) -> None:
        if not self.has_answered:
            said = {"error": error, "exit_code": code, "advice": advice}
            self.answer({**self.done(), **said}, ())


FORMATS: Mapping[str, type[Reporter]] = {"text": Words, "json": Json}


def add_format(parser: CommandParser) -> None:
    parser.add_argument(
        "--format",
        choices=tuple(FORMATS),
        default="text",
        help="How to report: for people, or for scripts.",
    )


def reporter(command: BaseCommand, options: Mapping[str, Any], headline: str = "") -> Reporter:
    """What ``--format`` asks for."""
    return FORMATS.get(options["format"], Words)(command, options["verbosity"], headline)


def duration(ms: int) -> str:
    """As a person says it: ``12 ms``, ``3.4 s``, ``2 min 5 s``."""
    if ms < 1000:
        return f"{ms} ms"
    minutes, seconds = divmod(ms / 1000, 60)
    return f"{minutes:.0f} min {seconds:.0f} s" if minutes else f"{seconds:.1f} s"


def counted(migrations: int) -> str:
    return f"{migrations} migration{'' if migrations == 1 else 's'}"


def listed(lines: Sequence[str]) -> str:
    """The first of them, a line each, and how many there are besides."""
    more = len(lines) - LONGEST_LIST
    return "\n".join([*lines[:LONGEST_LIST], *([f"... and {more} more."] if more > 0 else [])])
