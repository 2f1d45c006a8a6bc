"""A runner's events in words, or gathered for ``--format json``."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, OutputWrapper

from kit_django.runner import events


class Words:
    """Writes each event as it comes. ``headline`` is written before the first migration."""

    def __init__(self, command: BaseCommand, verbosity: int, headline: str) -> None:
        self.stdout: OutputWrapper = command.stdout
        self.stderr: OutputWrapper = command.stderr
        self.style = command.style
        self.verbosity = verbosity
        self.headline = headline
        self.has_begun = False
        self.has_skipped = False
        self.renamed: list[tuple[str, str]] = []

    def __call__(self, event: events.Event) -> None:
        if isinstance(event, events.Pretended):
            self.pretended(event)
        elif isinstance(event, events.TablesRenamed):
            self.renamed += event.renamed
        elif self.verbosity > 0:
            self.write(event)

    def write(self, event: events.Event) -> None:
        match event:
            case events.MigrationStarted(name):
                self.line(f"Applying migration: {name}")
            case events.RollbackStarted(name):
                self.line(f"Rolling back: {name}")
            case events.MigrationFaked(name):
                self.line(f"Faking migration: {name}")
            case events.MigrationFinished() | events.RollbackFinished():
                self.details(event)
            case events.MigrationSkipped(name, reason):
                self.has_skipped = True
                self.stdout.write(f"Skipping migration: {name} ({reason})")
            case events.Waiting(holder, timeout):
                self.stdout.write(f"Waiting for another runner, up to {timeout:g} s: {holder}")
            case events.Note(text):
                self.stderr.write(self.style.WARNING(text))

    def line(self, text: str) -> None:
        self.begin()
        self.stdout.write(text)
        self.stdout.flush()

    def begin(self) -> None:
        """Write the headline, once."""
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


class Gathered:
    """Keeps the events. What a person should know at once goes to stderr all the same."""

    def __init__(self, command: BaseCommand) -> None:
        self.stderr: OutputWrapper = command.stderr
        self.events: list[events.Event] = []
        self.renamed: list[tuple[str, str]] = []

    def __call__(self, event: events.Event) -> None:
        self.events.append(event)
        if isinstance(event, events.TablesRenamed):
            self.renamed += event.renamed
        if isinstance(event, events.Waiting):
            self.stderr.write(f"Waiting for another runner, up to {event.timeout:g} s.")

    def as_json(self) -> dict[str, list[Any]]:
        """What has been done, by kind; every kind is there."""
        found: dict[str, list[Any]] = {
            "applied": [], "faked": [], "rolled_back": [], "skipped": [], "pretended": [],
            "notes": [],
        }  # fmt: skip
        for event in self.events:
            match event:
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
                case events.Note(text):
                    found["notes"].append(text)
        return found
