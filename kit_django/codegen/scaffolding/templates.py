"""The file that a migration is written into: kit's own, or one of the project's (``KIT["TEMPLATES"]``)."""

from __future__ import annotations

import ast
import string
from dataclasses import dataclass
from pathlib import Path

from kit_django.exceptions import ConfigurationError

ENDING = ".py-tpl"
"""As Django's templates of projects and apps have it."""
_PLACES = ("class_name", "methods", "name", "table")


@dataclass(frozen=True, slots=True)
class Template:
    """Text with the places ``$name``, ``$class_name``, ``$table`` and ``$methods``; ``file`` is where it is from."""

    text: str
    file: Path | None = None

    def fill(self, **places: str) -> str:
        """Python with everything in its place. Raises ConfigurationError."""
        template = string.Template(self.text)
        if not template.is_valid() or _unknown(template):
            raise self._error(f"may hold {_listed(_PLACES)}, and a dollar sign of its own as $$")
        if "methods" not in template.get_identifiers():
            raise self._error("has no $methods, where up() and down() go")
        source = template.substitute(places)
        try:
            ast.parse(source)
        except SyntaxError as error:
            raise self._error(f"makes no Python: {error.msg}, line {error.lineno}") from error
        return source

    def _error(self, what: str) -> ConfigurationError:
        return ConfigurationError(f"The template {self.file} {what}. Nothing was made.")


PLAIN = Template(
    """\
from kit_django import Migration, Schema


class $class_name(Migration):
    $methods
"""
)


def _unknown(template: string.Template) -> set[str]:
    """The places of a template that nothing goes to."""
    return {*template.get_identifiers()} - {*_PLACES}


def find_template(folder: Path | None, kind: str) -> Template:
    """The project's template for this kind of migration, or for all, or kit's own.

    ``create.py-tpl`` comes before ``migration.py-tpl``. Raises ConfigurationError where the folder
    or a file in it cannot be read.
    """
    if folder is None:
        return PLAIN
    if not folder.is_dir():
        raise ConfigurationError(f'settings.KIT["TEMPLATES"]: there is no folder {folder}.')
    for name in (kind.replace(" ", "_"), "migration"):
        file = folder / f"{name}{ENDING}"
        if file.exists():
            return Template(_text_of(file), file)
    return PLAIN


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"The template {file} cannot be read: {error}.") from error


def _listed(places: tuple[str, ...]) -> str:
    *most, last = [f"${each}" for each in places]
    return f"{', '.join(most)} and {last}"
