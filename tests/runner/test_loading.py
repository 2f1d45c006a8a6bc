from __future__ import annotations

import sys
from pathlib import Path

import pytest

from kit_django.exceptions import MigrationFileError
from kit_django.runner.files import MigrationFile
from kit_django.runner.loading import LoadedMigration, load

NAME = "20240101120000_written"
GOOD = """\
from kit_django import Migration, Schema


class Written(Migration):
    def up(self, schema: Schema) -> None:
        pass
"""


def load_source(tmp_path: Path, source: str | bytes) -> LoadedMigration:
    path = tmp_path / f"{NAME}.py"
    path.write_bytes(source if isinstance(source, bytes) else source.encode())
    return load(MigrationFile(NAME, tmp_path))


def test_a_migration_is_an_instance_of_the_one_class(tmp_path: Path) -> None:
    loaded = load_source(tmp_path, GOOD)
    assert type(loaded.migration).__name__ == "Written"
    assert loaded.has_down is False
    assert loaded.checksum == loaded.file.checksum()


@pytest.mark.parametrize(
    "source",
    [
        GOOD.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + GOOD.encode(),
        b"# coding: latin-1\n# \xe4\n" + GOOD.encode(),
    ],
)
def test_line_endings_marks_and_encodings_are_pythons_matter(tmp_path: Path, source: bytes) -> None:
    assert load_source(tmp_path, source).name == NAME


def test_a_file_that_has_changed_is_read_anew(tmp_path: Path) -> None:
    load_source(tmp_path, GOOD)
    again = load_source(tmp_path, GOOD.replace("Written", "Another"))
    assert type(again.migration).__name__ == "Another"


def test_a_dataclass_in_a_migration_finds_its_module(tmp_path: Path) -> None:
    helper = (
        "from __future__ import annotations\nfrom dataclasses import KW_ONLY, dataclass\n"
        "@dataclass\nclass Row:\n    _: KW_ONLY\n    a: int\n"
    )
    assert load_source(tmp_path, helper + GOOD).name == NAME


def test_a_class_may_derive_from_an_imported_one(tmp_path: Path) -> None:
    source = GOOD.replace("(Migration)", "(Migration, object)")
    assert load_source(tmp_path, source).name == NAME


BAD = {
    "a syntax error": ("class Written(\n", r"line 1, cannot be imported: SyntaxError: '\(' was"),
    "an import error": (
        "import os\nimport no_such_module\n",
        "line 2, cannot be imported: ModuleNotFoundError: No module named 'no_such_module'",
    ),
    "any other error": ("x = 1\n\nx / 0\n", "line 3, cannot be imported: ZeroDivisionError"),
    "an exit": ("import sys\nsys.exit(0)\n", r"line 2, cannot be imported: it called sys.exit\(\)"),
    "bytes of no encoding": (b"\xff\xfe\n", "cannot be imported: SyntaxError"),
    "a null byte": (b"x = 1\0\n", "cannot be imported: SyntaxError"),
    "nothing": ("", "has no Migration class"),
    "only an imported class": ("from kit_django import Migration\n", "has no Migration class"),
    "two classes": (
        GOOD + GOOD.replace("Written", "Another"),
        r"more than one Migration class \(Another, Written\)",
    ),
    "a Django migration": (
        "from django.db.migrations import Migration\nclass A(Migration):\n    pass\n",
        "is a Django migration",
    ),
    "no up": (GOOD.replace("def up", "def upp"), r"has no up\(\)"),
    "an async up": (GOOD.replace("def up", "async def up"), r"async up\(\)"),
    "an up that yields": (GOOD.replace("pass", "yield"), r"up\(\) that yields"),
    "an async up that yields": (
        GOOD.replace("def up", "async def up").replace("pass", "yield"),
        r"async up\(\)",
    ),
    "an up without schema": (GOOD.replace(", schema: Schema", ""), "cannot be called with"),
    "an async down": (
        GOOD + "    async def down(self, schema: Schema) -> None:\n        pass\n",
        r"async down\(\)",
    ),
    "an unknown database": (
        GOOD.replace("    def up", "    database = 'archive'\n\n    def up"),
        "'archive', which settings.DATABASES does not have",
    ),
    "bad dependencies": (
        GOOD.replace("    def up", "    dependencies = ['auth']\n\n    def up"),
        "dependencies that are no list of pairs",
    ),
    "bad run_before": (
        GOOD.replace("    def up", "    run_before = [('auth',)]\n\n    def up"),
        "run_before that are no list of pairs",
    ),
    "an init with arguments": (
        GOOD + "    def __init__(self, x):\n        pass\n",
        "cannot be instantiated",
    ),
}


@pytest.mark.parametrize(("source", "message"), BAD.values(), ids=BAD.keys())
def test_what_is_no_migration_is_refused_with_the_file(
    tmp_path: Path, source: str | bytes, message: str
) -> None:
    with pytest.raises(MigrationFileError, match=message) as raised:
        load_source(tmp_path, source)
    assert f"{NAME}.py" in str(raised.value)
    assert "Nothing was run." in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_that_fails_leaves_no_module_behind(tmp_path: Path) -> None:
    with pytest.raises(MigrationFileError):
        load_source(tmp_path, "1 / 0\n")
    assert [name for name in sys.modules if NAME in name] == []


def test_the_line_is_that_of_the_file_not_of_what_it_calls(tmp_path: Path) -> None:
    with pytest.raises(MigrationFileError, match=r"written\.py, line 2, cannot"):
        load_source(tmp_path, "import json\njson.loads('{')\n")


def test_a_file_that_is_gone_meanwhile_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(MigrationFileError, match="cannot be read: No such file"):
        load(MigrationFile(NAME, tmp_path))
