"""Any schema, any hand edits, any migrations: what a person wrote is there after each sync."""

from __future__ import annotations

import ast
import difflib
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.codegen.hand_edits import EDITS, Draft, models_of
from tests.codegen.test_drift import Changes

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.backends.base.base import BaseDatabaseWrapper

    from tests.projects import Project

TYPES = ["string", "text", "integer", "boolean", "date", "decimal", "big_integer"]
COLUMNS = ["title", "note", "amount", "isOpen", "day", "rank", "code"]
TABLES = ["authors", "books", "shelves"]
RENAMED = "the table itself"

columns = st.dictionaries(
    st.sampled_from(COLUMNS),
    st.tuples(st.sampled_from(TYPES), st.booleans(), st.booleans()),
    min_size=1,
    max_size=5,
)
schemas = st.lists(columns, min_size=1, max_size=3)


class World:
    """A schema as it is now, and the columns that a step of changes touches.

    What is touched and gone goes by the names that tables had before; ``origins`` maps today's to these.
    """

    def __init__(self, tables: list[dict[str, tuple[str, bool, bool]]]) -> None:
        self.tables = {name: dict(each) for name, each in zip(TABLES, tables, strict=False)}
        self.origins = {name: name for name in self.tables}
        self.indexed: set[tuple[str, str]] = set()
        self.touched: set[tuple[str, str]] = set()
        self.gone: set[tuple[str, str]] = set()
        self.number = 0

    def creation(self) -> str:
        lines = []
        for number, (table, found) in enumerate(self.tables.items()):
            lines += [f'with schema.create_table("{table}") as table:', "    table.id()"]
            for name, (kind, is_null, is_indexed) in found.items():
                lines.append(f"    {column(name, kind, is_null)}")
                if is_indexed and kind not in ("text", "boolean"):
                    lines.append(f'    table.index(["{name}"], name="{table}_{name}_index")')
                    self.indexed.add((table, name))
            if number:
                lines.append(f'    table.foreign_id("parent_id", references="{TABLES[0]}")')
        return "\n".join(lines)

    def change(self, draw: Any) -> str:
        table = draw(st.sampled_from(list(self.tables)))
        plain = [each for each in self.tables[table] if (table, each) not in self.indexed]
        kinds = ["add", "add", "table", "rename table"] + (
            ["drop", "rename", "null", "type", "index"] if plain else []
        )
        kind = draw(st.sampled_from(kinds))
        if kind in ("add", "table"):
            return self._new(table, kind, draw)
        if kind == "rename table":
            return self._renamed_table(table)
        name = draw(st.sampled_from(plain))
        self.touched.add((self.origins[table], name))
        head = f'with schema.alter_table("{table}") as table:\n    '
        if kind == "drop":
            del self.tables[table][name]
            self.gone.add((self.origins[table], name))
            return f'{head}table.drop("{name}")'
        if kind == "rename":
            return head + self._renamed(table, name)
        if kind == "index":
            return self._indexed(table, name)
        old, is_null, _ = self.tables[table][name]
        if kind == "null":
            self.tables[table][name] = (old, not is_null, False)
            return f'{head}table.change("{name}").{modified(old, not is_null)}'
        self.tables[table][name] = ("wide", is_null, False)
        return f'{head}table.change("{name}").string(max_length=200, null={is_null}, default=None)'

    def _new(self, table: str, kind: str, draw: Any) -> str:
        self.number += 1
        if kind == "table":
            return (
                f'with schema.create_table("extra{self.number}") as table:\n    table.id()\n'
                f'    table.foreign_id("{table}_id", references="{table}")'
            )
        name = f"new{self.number}"
        spec = (draw(st.sampled_from(TYPES)), True, False)
        self.tables[table][name] = spec
        self.touched.add((self.origins[table], name))
        return f'with schema.alter_table("{table}") as table:\n    {column(name, spec[0], True)}'

    def _renamed(self, table: str, name: str) -> str:
        self.number += 1
        new = f"renamed{self.number}"
        self.tables[table] = {
            (new if each == name else each): spec for each, spec in self.tables[table].items()
        }
        self.touched.add((self.origins[table], new))
        self.gone.add((self.origins[table], name))
        return f'table.rename("{name}", "{new}")'

    def _renamed_table(self, table: str) -> str:
        """Its indexes are renamed with it where their names are made of its own."""
        self.number += 1
        new = f"tables{self.number}"
        self.tables = {(new if each == table else each): it for each, it in self.tables.items()}
        self.indexed = {(new if each == table else each, name) for each, name in self.indexed}
        self.origins[new] = self.origins.pop(table)
        self.touched.add((self.origins[new], RENAMED))
        return f'schema.rename_table("{table}", "{new}")'

    def _indexed(self, table: str, name: str) -> str:
        kind = self.tables[table][name][0]
        if kind in ("text", "boolean"):
            return "pass"
        self.indexed.add((table, name))
        return f'schema.create_index("{table}", ["{name}"], name="{table}_{name}_later")'


def column(name: str, kind: str, is_null: bool) -> str:
    length = "max_length=40, " if kind == "string" else ""
    return f'table.{kind}("{name}", {length}null={is_null})'


def modified(kind: str, is_null: bool) -> str:
    if kind in ("string", "wide"):
        return f"string(max_length={40 if kind == 'string' else 200}, null={is_null})"
    return f"{kind}(null={is_null})"


def spans(text: str, touched: set[tuple[str, str]], origins: dict[str, str]) -> set[int]:
    """The lines that may be others after a sync: those of touched columns, lists in Meta, imports."""
    lines: set[int] = set()
    tables = {table for table, _ in touched}
    for model in models_of(text):
        table = origins.get(model.table, model.table)
        for each in model.fields:
            if (table, each.column) in touched or table not in TABLES:
                lines |= set(range(each.first, each.last + 1))
        if table in tables:
            lines |= _said_in_meta(text, model.meta, "indexes", "constraints")
        if (table, RENAMED) in touched:
            lines |= _said_in_meta(text, model.meta, "db_table")
        if table not in TABLES:
            lines |= set(range(model.first, model.last + 1))
    for node in ast.parse(text).body:
        if isinstance(node, ast.ImportFrom | ast.Import):
            lines |= set(range(node.lineno - 1, node.end_lineno or node.lineno))
    return lines


def _said_in_meta(text: str, meta: tuple[int, int], *options: str) -> set[int]:
    lines: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]) if name in options:
                if meta[0] < node.lineno <= meta[1] + 1:
                    lines |= set(range(node.lineno - 1, node.end_lineno or node.lineno))
    return lines


def assert_only_touched_lines_differ(before: str, after: str, schema: World) -> None:
    old, new = before.splitlines(), after.splitlines()
    may_go, may_come = (spans(each, schema.touched, schema.origins) for each in (before, after))
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            continue
        gone = [old[n] for n in range(i, j) if n not in may_go and old[n].strip()]
        come = [new[n] for n in range(k, m) if n not in may_come and new[n].strip()]
        assert (gone, come) == ([], []), "\n".join(difflib.unified_diff(old, new, lineterm=""))


@pytest.fixture
def world(project: Project, wipe: Callable[[BaseDatabaseWrapper], None]) -> Any:
    """Empties the database and the project."""

    def begin(tables: list[dict[str, tuple[str, bool, bool]]]) -> tuple[World, Changes]:
        wipe(project.connection)
        shutil.rmtree(project.file("migrations"), ignore_errors=True)
        project.write("blog/models.py", "")
        found, changes = World(tables), Changes(project)
        changes.migrate(found.creation())
        changes.sync()
        return found, changes

    return begin


@pytest.mark.long
@settings(
    max_examples=10, phases=[Phase.explicit, Phase.reuse, Phase.generate]
)  # a step of shrinking is seconds
@given(data=st.data())
def test_what_a_person_wrote_is_there_after_each_sync(world: Any, data: st.DataObject) -> None:
    schema, changes = world(data.draw(schemas))
    draft = Draft(changes.text(), lambda found: data.draw(st.sampled_from(found)))
    for name in data.draw(st.lists(st.sampled_from(sorted(EDITS)), min_size=4, max_size=12)):
        EDITS[name](draft)
        ast.parse(draft.text)
    text = spelled(draft.text, data.draw(st.sampled_from(["\n", "\r\n"])), data.draw(st.booleans()))
    write(changes, text)
    changes.project.run("check", check=0)
    assert changes.differences() == {}
    for _ in range(data.draw(st.integers(1, 3))):
        changes.plan(schema.change(data.draw))
    changes.project.run("db_sync", check=0)
    after = read(changes)
    for word, table, name in draft.marks:
        assert word in after or (table, name) in schema.gone
    assert_only_touched_lines_differ(text, after, schema)
    changes.project.run("check", check=0)
    assert changes.differences() == {}
    assert changes.sync()[-1] == "The models are up to date."
    assert read(changes) == after


def spelled(text: str, newline: str, is_tabbed: bool) -> str:
    """With tabs in place of four blanks, and other line endings."""
    if is_tabbed:
        lines = (
            "\t" * ((len(line) - len(line.lstrip(" "))) // 4) + line.lstrip(" ")
            if line.startswith("    ")
            else line
            for line in text.split("\n")
        )
        text = "\n".join(lines)
    return text.replace("\n", newline)


def write(changes: Changes, text: str) -> None:
    changes.project.file("blog/models.py").write_bytes(text.encode())


def read(changes: Changes) -> str:
    return changes.project.file("blog/models.py").read_bytes().decode()


@pytest.mark.parametrize("name", sorted(EDITS))
def test_each_hand_edit_leaves_valid_source(name: str) -> None:
    source = (
        "from django.db import models\n\n\nclass Post(models.Model):\n"
        "    id = models.BigAutoField(primary_key=True)\n"
        "    title = models.CharField(max_length=40)\n    body = models.TextField()\n\n"
        '    class Meta:\n        db_table = "posts"\n'
    )
    draft = Draft(source, lambda found: found[0])
    EDITS[name](draft)
    assert draft.text != source
    ast.parse(draft.text)
    assert all(word in draft.text for word, _, _ in draft.marks)
