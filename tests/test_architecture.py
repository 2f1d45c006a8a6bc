"""The house of kit_django: who may import whom, and what Django's start-up must not pay for."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tests.projects import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.projects import Project

PACKAGE = REPOSITORY / "kit_django"

BASE = {"conf", "exceptions"}
MAY_IMPORT = {
    "conf": BASE,
    "fields": BASE | {"schema.dialects"},
    "indexes": BASE | {"schema.dialects"},
    "constraints": BASE | {"schema.dialects"},
    "migration": {"operations"},  # for its type hints
    "schema": BASE | {"schema", "fields"},
    "operations": BASE | {"operations", "schema", "fields"},
    "codegen": BASE | {"codegen", "schema", "fields", "runner.files"},
    "runner": BASE | {"runner", "operations", "schema", "migration"},
}
HEAVY = {"black": "codegen/source/rendering", "libcst": "codegen/source/merging"}

FILES = sorted(PACKAGE.rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """The full names of what a file imports, at its top or anywhere else."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)


def is_within(name: str, places: set[str]) -> bool:
    return any(f"{name}.".startswith(f"{place}.") for place in places)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down_only(path: Path) -> None:
    owner = path.relative_to(PACKAGE).with_suffix("").parts[0]
    if owner not in MAY_IMPORT:  # the front: management, cli, apps, checks, __init__
        return
    kits = [name.removeprefix("kit_django.") for name in imported(path) if "kit_django" in name]
    assert [name for name in kits if not is_within(name, MAY_IMPORT[owner])] == []


@pytest.mark.parametrize("library", HEAVY)
def test_a_heavy_library_is_imported_in_one_place_only(library: str) -> None:
    home = PACKAGE / HEAVY[library]  # a module or a package
    users = [path for path in FILES if any(is_within(name, {library}) for name in imported(path))]
    assert [path for path in users if home not in (path.with_suffix(""), path.parent)] == []


@pytest.mark.parametrize("command", ["migrate_status", "migrate", "check"])
def test_a_command_that_writes_no_code_imports_no_heavy_library(
    project: Project, command: str
) -> None:
    result = project.run(command, env={"PYTHONPROFILEIMPORTTIME": "1"})
    assert result.code == 0
    modules = {line.rpartition("|")[2].strip() for line in result.stderr.splitlines()}
    assert "kit_django.migration" in modules
    assert modules.isdisjoint(HEAVY)
