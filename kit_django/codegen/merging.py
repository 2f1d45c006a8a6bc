"""models.py and what is new -> models.py, every other byte as it was (the only use of libcst)."""

from __future__ import annotations

from collections.abc import Iterable

from kit_django.codegen.imports import Import, add_imports


def append(source: str, classes: str, needed: Iterable[Import]) -> str:
    """The source with classes at its end, and the imports that they need."""
    with_imports = add_imports(source, needed).rstrip("\n")
    separator = "\n\n\n" if with_imports else ""
    return f"{with_imports}{separator}{classes.strip()}\n"


def export(source: str, pairs: Iterable[tuple[str, str]]) -> str:
    """A package's ``__init__`` that also exports these: ``from .film import Film as Film``."""
    lines = [f"from {module} import {name} as {name}" for module, name in pairs]
    kept = source.rstrip("\n")
    return "\n".join(filter(None, [kept, *lines])) + "\n"
