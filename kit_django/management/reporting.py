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
        self.events: list[events.Event] = []

    def __call__(self, event: events.Event) -> None:
        self.events.append(event)
        self.hear(event)

    @abstractmethod
    def hear(self, event: events.Event) -> None:
        """An event, as it comes."""

    @abstractmethod
    def answer(self, data: Any, words: Iterable[str]) -> None:
        """What was asked for, as data and as lines: exactly one of them is looked at."""

    def conclude(self, data: Any, words: Iterable[str] = ()) -> None:
        """What was done. At verbosity 0 a person is not told."""
        self.answer(data, words if self.verbosity > 0 else ())

    @abstractmethod
    def say(self, text: str) -> None:
        """Tell a person how far the command has come."""

    @abstractmethod
    def begin(self) -> None:
        """Show the headline, once."""

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
    """Writes each event as it comes."""

    is_for_people = True

    def hear(self, event: events.Event) -> None:
        if isinstance(event, events.Pretended):
            self.pretended(event)
        elif self.verbosity > 0:
            self.write(event)

    def write(self, event: events.Event) -> None:
        match event:
            case events.DumpStarted(path, migrations):
                self.progress(f"Loading schema dump: {path} (in place of {counted(migrations)})")
            case events.MigrationStarted(name):
                self.progress(f"Applying migration: {name}")
            case events.RollbackStarted(name):
                self.progress(f"Rolling back: {name}")
            case events.MigrationFaked(name):
                self.progress(f"Faking migration: {name}")
            case events.SeederStarted(name):
                self.stdout.write(f"Seeding: {name}")
            case events.MigrationFinished() | events.RollbackFinished():
                self.details(event)
            case events.MigrationSkipped(name, reason):
                self.stdout.write(f"Skipping migration: {name} ({reason})")
            case events.Waiting(holder, timeout):
                self.stdout.write(f"Waiting for another runner, up to {timeout:g} s: {holder}")
            case events.Note(text):
                self.stderr.write(self.style.WARNING(text))

    def progress(self, text: str) -> None:
        self.begin()
        self.stdout.write(text)
        self.stdout.flush()

    def begin(self) -> None:
        if not self.has_begun and self.verbosity > 0:
            self.stdout.write(self.headline)
        self.has_begun = True

    def details(self, event: events.MigrationFinished | events.RollbackFinished) -> None:
        if self.verbosity > 1:
            for operation in event.operations:
                self.stdout.write(f"  {operation}")
            self.stdout.write(f"  done in {event.duration_ms} ms")

    def pretended(self, event: events.Pretended) -> None:
        self.has_begun = True
        self.stdout.write(f"-- {event.name}")
        for statement in event.statements:
            ending = "" if statement.startswith("--") else ";"
            self.stdout.write(statement.rstrip().rstrip(";") + ending)

    def say(self, text: str) -> None:
        if self.verbosity > 0:
            self.stdout.write(text)

    def answer(self, data: Any, words: Iterable[str]) -> None:
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


def counted(migrations: int) -> str:
    return f"{migrations} migration{'' if migrations == 1 else 's'}"


def listed(lines: Sequence[str]) -> str:
    """The first of them, a line each, and how many there are besides."""
    more = len(lines) - LONGEST_LIST
    return "\n".join([*lines[:LONGEST_LIST], *([f"... and {more} more."] if more > 0 else [])])
