"""models.py and what is new -> models.py, every other byte as it was (the only use of libcst)."""

from __future__ import annotations

from collections.abc import Iterable

import libcst
from libcst.codemod import CodemodContext
from libcst.codemod.visitors import AddImportsVisitor


def add_imports(source: str, pairs: Iterable[tuple[str, str]]) -> str:
    """The source with the imports that it lacks."""
    context = CodemodContext()
    for module, name in sorted(pairs):
        AddImportsVisitor.add_needed_import(context, module, name)
    tree = libcst.parse_module(source)
    return AddImportsVisitor(context).transform_module(tree).code


def append(source: str, classes: str, pairs: Iterable[tuple[str, str]]) -> str:
    """The source with classes at its end, and the imports that they need."""
    with_imports = add_imports(source, pairs).rstrip("\n")
    separator = "\n\n\n" if with_imports else ""
    return f"{with_imports}{separator}{classes.strip()}\n"


def export(source: str, pairs: Iterable[tuple[str, str]]) -> str:
    """A package's ``__init__`` that also exports these: ``from .film import Film as Film``."""
    lines = [f"from {module} import {name} as {name}" for module, name in pairs]
    kept = source.rstrip("\n")
    return "\n".join(filter(None, [kept, *lines])) + "\n"
