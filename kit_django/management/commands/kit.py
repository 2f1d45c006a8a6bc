"""Kit's own spelling: ``manage.py kit migrate:rollback --step 3``."""

from __future__ import annotations

from argparse import REMAINDER
from typing import Any

from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand, CommandParser

from kit_django.exceptions import UsageError
from kit_django.management.base import OneParagraphErrors
from kit_django.meant import did_you_mean

COMMANDS = {
    "make:migration": "make a new migration file",
    "migrate": "run Django's and kit's pending migrations",
    "migrate:status": "show which migrations have been applied",
    "migrate:rollback": "roll back the last migration, or more",
    "migrate:reset": "roll back all migrations",
    "migrate:refresh": "roll back all migrations and run them again",
    "migrate:fresh": "drop all tables and run all migrations",
    "migrate:baseline": "record migrations where their tables are there",
    "migrate:resolve": "say how a failed migration was mended",
    "migrate:environment": "show or say which environment the database is of",
    "db:seed": "fill the database with rows",
    "schema:dump": "write the schema as SQL for empty databases",
    "schema:load": "load that into an empty database",
    "db:show": "show the tables of the database",
    "db:table": "show a table's columns, keys and indexes",
    "db:diagram": "draw the tables and what refers to what",
    "db:sync": "migrate, and bring the models up to date",
}

OF_OTHERS = {
    "make:model": "kit make:migration for its table, then kit db:sync, which writes the model",
    "make:seeder": 'a function that settings.KIT["SEEDERS"] names',
    "migrate:install": "kit migrate, which makes the history's table by itself",
    "db:migrate": "kit migrate",
    "db:migrate:status": "kit migrate:status",
    "db:rollback": "kit migrate:rollback",
    "db:reset": "kit migrate:fresh",
    "db:wipe": "kit migrate:fresh",
    "db": "python manage.py dbshell",
    "dbconsole": "python manage.py dbshell",
    "tinker": "python manage.py shell",
    "console": "python manage.py shell",
    "serve": "python manage.py runserver",
    "server": "python manage.py runserver",
}
"""Laravel's and Rails' commands that go by another name here."""


class Command(OneParagraphErrors):
    help = "Runs a command of kit's by its name there:\n" + "".join(
        f"\n  {name:<20} {text}"
        for name, text in {
            **COMMANDS,
            "completion": "what bash, zsh or fish has to be told",
        }.items()
    )
    requires_system_checks = ()

    examples = ("migrate:rollback --step 3", "completion bash")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="?", metavar="command")
        parser.add_argument("arguments", nargs=REMAINDER, help="what that command takes")

    def handle(self, *args: Any, **options: Any) -> None:
        """End with the exit code of the command that was named."""
        if options["name"] is None:
            self.print_help("manage.py", "kit")
            return
        if options["name"] in ("completion", "complete"):
            self.complete(options["name"], options["arguments"])
            return
        name = django_name(options["name"])
        owner = get_commands()[name]
        command = owner if isinstance(owner, BaseCommand) else load_command_class(owner, name)
        command.stdout, command.stderr = self.stdout, self.stderr
        command.run_from_argv(["manage.py", name, *options["arguments"]])

    def complete(self, name: str, arguments: list[str]) -> None:
        """Write what a shell has to be told once, or what may stand at its cursor."""
        from kit_django.management import completing

        if name == "completion":
            self.stdout.write(completing.script(arguments), ending="")
            return
        program, *words = arguments
        names = [*COMMANDS, "completion"] if program == "kit" else get_commands()
        self.stdout.writelines(f"{each}\n" for each in completing.candidates(words, names))


def django_name(name: str) -> str:
    """``"migrate:status"`` -> ``"migrate_status"``. Raises UsageError for an unknown name."""
    known = {each.replace(":", "_"): each for each in COMMANDS}
    wanted = name.replace(":", "_")
    if wanted in known:
        return wanted
    if name in OF_OTHERS:
        raise UsageError(f"kit has no command {name!r}. Here that is: {OF_OTHERS[name]}.")
    hint = (
        did_you_mean(name.replace("_", ":", 1), COMMANDS, "{}") or f" Known: {', '.join(COMMANDS)}."
    )
    raise UsageError(f"kit has no command {name!r}.{hint}")
