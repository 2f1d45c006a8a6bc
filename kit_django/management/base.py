"""What kit's commands share: errors in one paragraph, a Reporter, and some options."""

from __future__ import annotations

import os
import sys
from abc import abstractmethod
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NoReturn

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import (
    BaseCommand,
    CommandError,
    CommandParser,
    DjangoHelpFormatter,
    OutputWrapper,
)
from django.db import DEFAULT_DB_ALIAS, Error, connections

from kit_django.conf import get_settings
from kit_django.exceptions import KitError, Prohibited
from kit_django.management.reporting import add_format, reporter
from kit_django.management.showing_sql import sql_shown
from kit_django.management.streams import lenient_streams
from kit_django.runner.databases.sessions import Bounds
from kit_django.runner.direct import directly
from kit_django.runner.run import Patience
from kit_django.runner.words import one_line, words

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper


class HelpInParagraphs(DjangoHelpFormatter):
    """Lines that were broken on purpose stay as they are."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        if "\n" in text:
            return "\n".join(f"{indent}{line}" for line in text.splitlines())
        return super()._fill_text(text, width, indent)


class OneParagraphErrors(BaseCommand):
    """A KitError ends the command with its words and its exit code.

    So does a database's error on the command line; a program that calls the command gets that one
    as it is. ``--traceback`` brings the whole story.
    """

    tells_failure = True
    """Whether a report for scripts says how it failed; not of a command within another."""

    is_asked_for_json = False
    """On the command line."""

    examples: tuple[str, ...] = ()
    """Command lines that end its help."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        if self.examples:
            program = os.path.basename(prog_name)  # noqa: PTH119
            lines = (f"  {program} {subcommand} {each}".rstrip() for each in self.examples)
            kwargs["epilog"] = "\n".join(["examples:", *lines])
        kwargs.setdefault("formatter_class", HelpInParagraphs)
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        if self.is_asked_for_json:
            self._tell_wrong_words(parser)
        return parser

    def _tell_wrong_words(self, parser: CommandParser) -> None:
        """A command line that cannot be read is told to scripts too."""
        usual: Callable[[str], NoReturn] = parser.error

        def error(message: str) -> NoReturn:
            self.fail(message, 2, {"format": "json", "verbosity": 1})
            usual(message)

        parser.error = error  # type: ignore[method-assign]

    def run_from_argv(self, argv: list[str]) -> None:
        self.is_asked_for_json = "--format=json" in argv or ("--format", "json") in pairwise(argv)
        with lenient_streams(self.stdout, self.stderr):
            super().run_from_argv(argv)

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            with lenient_streams(self.stdout, self.stderr), _nothing_else_on_stdout(options):
                return super().execute(*args, **self._with_colour_told(options))
        except KitError as error:
            self.fail(str(error), error.exit_code, options, error.advice)
            raise CommandError(str(error), returncode=error.exit_code) from error
        except Error as error:
            self.fail(self.describe(error, options), 1, options)
            if not self.is_on_command_line:
                raise
            raise CommandError(self.describe(error, options)) from error
        except KeyboardInterrupt as error:
            said = f"Interrupted: {words(error)}."
            self.fail(said, 1, options)
            if not self.is_on_command_line:
                raise
            raise CommandError(said) from error
        except ImproperlyConfigured as error:
            self.fail(words(error), 1, options)
            if not self.is_on_command_line:
                raise
            raise CommandError(f"The settings cannot be used: {one_line(str(error))}") from error
        except CommandError as error:
            advice = getattr(error.__cause__, "advice", "")
            self.fail(str(error), error.returncode, options, advice)
            raise
        except Exception as error:
            self.fail(words(error), 1, options)
            raise
        finally:
            self.close()

    def _with_colour_told(self, options: dict[str, Any]) -> dict[str, Any]:
        """Colour is for a terminal, unless it was asked for, and not where the environment forbids it."""
        stdout: Any = options.get("stdout") or self.stdout
        is_terminal = OutputWrapper(stdout).isatty()
        if options["force_color"] or (is_terminal and not os.environ.get("NO_COLOR")):
            return options
        return {**options, "no_color": True}

    def close(self) -> None:
        """Leave the terminal to others."""
        if report := getattr(self, "report", None):
            report.close()

    def fail(self, error: str, code: int, options: dict[str, Any], advice: str = "") -> None:
        if self.tells_failure and "format" in options:
            report = getattr(self, "report", None) or reporter(self, options)
            report.fail(error, code, advice)

    @property
    def is_on_command_line(self) -> bool:
        return getattr(self, "_called_from_command_line", False)

    def describe(self, error: Error, options: dict[str, Any]) -> str:
        """What a database error means, as far as it can be told here."""
        where = describe_database(connections[options.get("database") or DEFAULT_DB_ALIAS])
        return f"The database refused: {words(error)}. It is {where}. --traceback shows where it happened."


@contextmanager
def _nothing_else_on_stdout(options: dict[str, Any]) -> Iterator[None]:
    """What a migration prints would not be JSON."""
    if options.get("format") != "json":
        yield
        return
    with redirect_stdout(sys.stderr):
        yield


class KitCommand(OneParagraphErrors):
    """A command of kit's own: ``run`` is its body, options in, a report through ``self.report``."""

    # The core raises what the checks would find, for what a command needs.
    requires_system_checks = ()

    headline = ""
    """What stands before the first migration."""

    def add_arguments(self, parser: CommandParser) -> None:
        self.add_options(parser)
        add_format(parser)

    def add_options(self, parser: CommandParser) -> None:
        """The command's own arguments."""

    def handle(self, *args: Any, **options: Any) -> None:
        self.report = reporter(self, options, self.headline)
        alias = options.get("database")
        with directly(alias), sql_shown(alias, self.report):
            self.run(**options)

    @abstractmethod
    def run(self, **options: Any) -> None: ...


def add_database(parser: CommandParser) -> None:
    parser.add_argument(
        "--database",
        default=DEFAULT_DB_ALIAS,
        choices=tuple(connections),
        help='The alias of the database; by default "default".',
    )


def add_lock_timeout(parser: CommandParser) -> None:
    parser.add_argument(
        "--lock-timeout",
        type=seconds,
        default=None,
        metavar="SECONDS",
        help='How long to wait for another runner; by default settings.KIT["LOCK_TIMEOUT"].',
    )


def add_bounds(parser: CommandParser) -> None:
    for name, what in (("lock-", "may wait for locks of others"), ("", "may take")):
        parser.add_argument(
            f"--statement-{name}timeout",
            type=seconds,
            default=None,
            metavar="SECONDS",
            help=f"How long a statement of a migration {what}; 0 is no bound.",
        )


def lock_timeout(options: dict[str, Any]) -> float:
    given: float | None = options["lock_timeout"]
    return get_settings().lock_timeout if given is None else given


def patience(options: dict[str, Any]) -> Patience:
    """How long to wait for what, as the command was told."""
    lock, statement = options.get("statement_lock_timeout"), options.get("statement_timeout")
    return Patience(lock_timeout(options), Bounds(lock, statement))


def asks(question: str) -> bool:
    """Ask the person at the terminal; only a yes is one."""
    try:
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


def may_be_production(options: dict[str, Any]) -> bool:
    """Whether a person has to agree to what changes the database."""
    return not (settings.DEBUG or options["force"])


def agree(question: str, undone: str, unasked: str) -> None:
    """Ask, where it may be production. Raises Prohibited; ``unasked`` is what follows where there is
    nobody to ask, ``undone`` what a no comes to."""
    if not sys.stdin.isatty():
        raise Prohibited(
            f"DEBUG is off, so this may be production, and there is no terminal to ask at. {unasked}"
        )
    if not asks(question):
        raise Prohibited(undone)


def seconds(text: str) -> float:
    """For argparse: a number of seconds, 0 or more."""
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 <= value < float("inf"):
        raise ArgumentTypeError(f"must be a number of seconds, 0 or more, not {text!r}")
    return value


def positive(text: str) -> int:
    """For argparse: a whole number, 1 or more."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"must be a whole number, 1 or more, not {text!r}")
    return int(text)


def describe_database(connection: BaseDatabaseWrapper) -> str:
    """``postgresql database 'shop' at db.example.org:5432``, without user and password."""
    settings = connection.settings_dict
    port = f":{settings['PORT']}" if settings.get("PORT") else ""
    host = f" at {settings['HOST']}{port}" if settings.get("HOST") else ""
    return f"{connection.vendor} database {str(settings['NAME'])!r}{host}"
