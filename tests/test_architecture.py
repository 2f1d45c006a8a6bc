"""The house of kit_django: who may import whom, and what Django's start-up must not pay for."""

from __future__ import annotations

import ast
from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.projects import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Container, Iterator
    from pathlib import Path

    from tests.projects import Project

PACKAGE = REPOSITORY / "kit_django"

BASE = {"conf", "exceptions", "meant"}
MAY_IMPORT = {
    "conf": BASE,
    "fields": BASE | {"schema.dialects", "form_values", "typed", "spans", "spellings"},
    "typed": BASE | {"schema.dialects", "form_values"},
    "intervals": BASE,
    "spans": BASE,
    "spellings": BASE,
    "form_values": BASE,
    "indexes": BASE | {"schema.dialects"},
    "constraints": BASE | {"schema.dialects"},
    "migration": {"operations"},  # for its type hints
    "scripts": BASE,
    "schema": BASE | {"schema", "fields"},
    "operations": BASE | {"operations", "schema", "fields", "scripts"},
    "diagrams": BASE | {"diagrams", "schema", "runner.words"},
    # Which words there are, and what is to be written as a migration run before.
    "codegen": BASE
    | {"codegen", "schema", "fields", "typed", "runner.files", "runner.ownership"}
    | {"operations.builders", "operations.definitions", "operations.schema"},
    "runner": BASE | {"runner", "operations", "schema", "migration", "scripts", "signals"},
}
HEAVY = {"black": "codegen/source/rendering", "libcst": "codegen/source/merging"}

FILES = sorted(PACKAGE.rglob("*.py"))


@cache
def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def imported(path: Path) -> Iterator[str]:
    """The full names of what a file imports, at its top or anywhere else."""
    for node in nodes(path):
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


def imports(*, hints: bool = False) -> dict[str, set[str]]:
    """Which modules of the package each module imports; with ``hints`` for type hints, too."""
    modules = {".".join(path.relative_to(REPOSITORY).with_suffix("").parts): path for path in FILES}
    modules = {name.removesuffix(".__init__"): path for name, path in modules.items()}
    graph: dict[str, set[str]] = {}
    for name, path in modules.items():
        said = set(imported(path)) - (set() if hints else set(for_hints(path)))
        graph[name] = {each for found in said if (each := home(found, modules))} - {name}
    return graph


def for_hints(path: Path) -> Iterator[str]:
    for node in nodes(path):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            for each in node.body:
                if isinstance(each, ast.ImportFrom):
                    yield from (f"{each.module}.{name.name}" for name in each.names)


def home(name: str, modules: Container[str]) -> str | None:
    """The module that an imported name is, or is in."""
    parent = name.rpartition(".")[0]
    return next((each for each in (name, parent) if each in modules), None)


def reachable(start: str, graph: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        new = graph[waiting.pop()] - found
        found |= new
        waiting += new
    return found


def in_circles(graph: dict[str, set[str]]) -> set[str]:
    return {name for name in graph if name in reachable(name, graph)}


@pytest.mark.parametrize("hints", [False, True])
def test_no_module_imports_itself_on_any_way(hints: bool) -> None:
    assert in_circles(imports(hints=hints)) == set()


SCHEMA_MAY_IMPORT = {
    "facts": {"around", "keys"},
    "dialects": {"facts"},
    "sql": {"facts", "dialects"},
    "clauses": {"facts", "dialects", "sql"},
    "named": {"facts"},
    "statements": {"facts", "dialects", "sql", "clauses", "tables", "named"},
}


@pytest.mark.parametrize("room", SCHEMA_MAY_IMPORT)
def test_within_schema_imports_point_down_only(room: str) -> None:
    places = {f"kit_django.schema.{each}" for each in (room, *SCHEMA_MAY_IMPORT[room])}
    for name, found in imports().items():
        if is_within(name, {f"kit_django.schema.{room}"}):
            inside = {each for each in found if each.startswith("kit_django.schema.")}
            assert {each for each in inside if not is_within(each, places)} == set()


@pytest.mark.parametrize("library", HEAVY)
def test_a_heavy_library_is_imported_in_one_place_only(library: str) -> None:
    home = PACKAGE / HEAVY[library]  # a module or a package
    users = [path for path in FILES if any(is_within(name, {library}) for name in imported(path))]
    assert [path for path in users if home not in (path.with_suffix(""), path.parent)] == []


@pytest.mark.parametrize("command", ["migrate_status", "migrate", "check"])
def test_a_command_with_nothing_to_do_imports_nothing_for_doing_it(
    project: Project, command: str
) -> None:
    result = project.run(command, env={"PYTHONPROFILEIMPORTTIME": "1"})
    assert result.code == 0
    modules = {line.rpartition("|")[2].strip() for line in result.stderr.splitlines()}
    assert "kit_django.migration" in modules
    idle = {
        *HEAVY,
        "kit_django.operations",
        "kit_django.schema.introspection",
        "kit_django.schema.sql",
        "kit_django.schema.facts",
    }
    assert [name for name in modules if is_within(name, idle)] == []


VENDORS = {"mysql", "postgresql", "sqlite"}
MAY_ASK_WHICH_DATABASE = {
    "schema/dialects",
    "schema/introspection",
    "schema/field_types",
    "operations/engines",
    "runner/databases",
}


def named_databases(node: ast.AST) -> Iterator[ast.Constant]:
    """A database's name where it is compared, looked for, matched or the key of a dict."""
    beneath: list[ast.AST | None] = []
    if isinstance(node, ast.Compare):
        beneath = [node.left, *node.comparators]
    elif isinstance(node, ast.MatchValue):
        beneath = [node.value]
    elif isinstance(node, ast.Dict):
        beneath = [*node.keys]
    for each in beneath:
        parts = each.elts if isinstance(each, ast.Tuple | ast.List | ast.Set) else [each]
        yield from (
            part for part in parts if isinstance(part, ast.Constant) and part.value in VENDORS
        )


def questions(path: Path) -> Iterator[int]:
    """The lines that ask which database it is."""
    for node in nodes(path):
        yield from (each.lineno for each in named_databases(node))
        asked = getattr(node, "attr", None) or getattr(node, "value", None)
        if asked == "mysql_is_mariadb":
            yield getattr(node, "lineno", 0)


def test_nobody_asks_which_database_it_is() -> None:
    """What one has and another has not is told by ``schema/dialects``."""
    asking = {
        str(path.relative_to(PACKAGE))
        for path in FILES
        if any(True for _ in questions(path))
        and not any(path.is_relative_to(PACKAGE / place) for place in MAY_ASK_WHICH_DATABASE)
    }
    assert asking == set()


MAY_IMPORT_RE = {
    "conf": "names in settings",
    "codegen/following/usages": "names of fields in Python's strings",
    "codegen/inference/choices": "labels of choices",
    "codegen/inference/defaults": "numbers in a text",
    "codegen/inference/meta": "names of indexes and constraints",
    "codegen/naming": "words in names",
    "codegen/project": "ends of lines",
    "codegen/scaffolding/columns": "columns on the command line",
    "codegen/scaffolding/names": "names of migrations",
    "codegen/source": "Python",
    "codegen/verifying/creating": "characters in names",
    "codegen/words": "plurals",
    "fields": "numbers that are not finite",
    "intervals": "values of intervals",
    "management": "colours of a terminal",
    "operations/builders/strict": "camelCase in names",
    "postgres": "values of arrays",
    "runner/files": "names of files",
    "runner/words": "errors of PostgreSQL",
    "spans": "values of times",
    "schema/dialects/types": "names of types, which the reader of SQL needs",
    "schema/introspection/mysql/dump": "headings of mariadb-dump",
    "schema/introspection/postgresql/dump": "headings of pg_dump",
    "schema/sql": "SQL",
}
"""The files, or rooms, that import ``re``, with what they look into."""


def test_no_regular_expression_looks_into_sql_but_the_readers() -> None:
    users = {path.relative_to(PACKAGE).with_suffix("") for path in FILES if "re" in imported(path)}
    places = {place for place in MAY_IMPORT_RE if any(user.is_relative_to(place) for user in users)}
    assert {
        str(user) for user in users if not any(map(user.is_relative_to, MAY_IMPORT_RE))
    } == set()
    assert places == set(MAY_IMPORT_RE)


LONGEST_FILE = 400


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_is_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE
