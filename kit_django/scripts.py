"""The scripts of migrations: what ``schema.run_file("legacy.sql")`` runs.

A script is a part of its migration: it is read with it, and counts for its checksum. For that to be
known without running anything, its name stands in the migration as a text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeGuard

from kit_django.exceptions import OperationError

CALL = b"run_file"
SUFFIX = ".sql"
"""How the name of a script ends."""


@dataclass(frozen=True, slots=True)
class Scripts:
    """``path`` is the migration's file, if it has one; ``found`` has what the scripts that it names
    hold."""

    path: Path | None = None
    found: Mapping[str, bytes] = field(default_factory=dict)

    @classmethod
    def beside(cls, path: Path, source: bytes) -> Scripts:
        """Those that the source names and that can be read."""
        found = {}
        for name in sorted(set(_names_in(source))) if CALL in source else ():
            script = _place(path, name)
            if script is not None and script.is_file():
                found[name] = _read(script)
        return cls(path, {name: text for name, text in found.items() if text is not None})

    def text(self, name: str) -> str:
        """What the script says. Raises OperationError, with what to do."""
        if name not in self.found:
            raise OperationError(_why_not_there(name, self.path))
        if not self.found[name].strip():
            raise OperationError(f"Script {name!r} says nothing. Write the SQL into it.")
        try:
            return self.found[name].decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise OperationError(
                f"Script {name!r} is not written in UTF-8: its byte {error.start + 1} is none of that. "
                "Save it as UTF-8."
            ) from error


def _why_not_there(name: str, path: Path | None) -> str:
    if path is None:
        return (
            f"Script {name!r} is read from beside the file of a migration, and there is none here."
        )
    if not _is_name(name):
        return f"{name!r} is no script: the name of one ends in {SUFFIX}. Call it so."
    place = _place(path, name)
    if place is None:
        return (
            f"Script {name!r} does not lie beside {path.name}, nor in a folder there. Put it there, and "
            "name it as it is called from there."
        )
    if not place.is_file():
        return f"There is no script {name!r} beside {path.name}. Put it there."
    if _read(place) is None:
        return (
            f"Script {name!r} cannot be read. Make it readable for the user that runs the command."
        )
    return (
        f"Script {name!r} is not named in {path.name}, or has come since that was read. Write its whole "
        "name there as a text, as the script counts for the migration's checksum."
    )


def _names_in(source: bytes) -> Iterator[str]:
    """Each text of the source that ends as the name of a script does."""
    import ast

    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and _is_name(node.value):
            yield node.value


def _is_name(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and value.endswith(SUFFIX)


def _place(path: Path, name: str) -> Path | None:
    """Where the script is; None for a name that leads out of the migration's folder."""
    folder = path.parent.resolve()
    try:
        place = (folder / name).resolve()
    except (ValueError, OSError):
        return None
    return place if place.is_relative_to(folder) else None


def _read(script: Path) -> bytes | None:
    try:
        return script.read_bytes()
    except OSError:
        return None
