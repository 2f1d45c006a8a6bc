from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kit_django.exceptions import MigrationFileError
from kit_django.runner.files import (
    Folder,
    checksum_of,
    discover,
    display_path,
    migration_folders,
    next_name,
    scan,
)

if TYPE_CHECKING:
    from pytest_django import Settings

NOON = datetime(2024, 5, 6, 12, 0, 0, 999, tzinfo=UTC)


def touch(folder: Path, *names: str) -> Folder:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_text("", encoding="utf-8")
    return Folder(folder)


def test_files_of_all_folders_are_ordered_by_name(tmp_path: Path) -> None:
    one = touch(tmp_path / "one", "20240101120002_c.py", "20240101120000_a.py")
    two = touch(tmp_path / "two", "20240101120001_b.py")
    found = discover([one, Folder(two.path, "blog")])
    assert [file.name for file in found] == [
        "20240101120000_a",
        "20240101120001_b",
        "20240101120002_c",
    ]
    assert [file.app_label for file in found] == [None, "blog", None]


def test_two_files_with_one_timestamp_are_ordered_by_the_rest_of_their_names(
    tmp_path: Path,
) -> None:
    folder = touch(tmp_path / "m", "20240101120000_b.py", "20240101120000_a.py")
    assert [file.name[-1] for file in discover([folder])] == ["a", "b"]


@pytest.mark.parametrize("missing", [True, False])
def test_a_folder_that_is_missing_or_empty_has_no_migrations(tmp_path: Path, missing: bool) -> None:
    folder = Folder(tmp_path / "nowhere") if missing else touch(tmp_path / "empty")
    assert discover([folder]) == ()


def test_what_is_no_module_or_is_private_is_left_alone(tmp_path: Path) -> None:
    names = ["__init__.py", "_helpers.py", ".hidden.py", "README.md", "20240101120000_a.pyc"]
    folder = touch(tmp_path / "m", *names)
    (folder.path / "package.py").mkdir()
    assert discover([folder]) == ()


@pytest.mark.parametrize(
    "name",
    [
        "create_users.py",
        "2024_create_users.py",
        "20240101120000.py",
        "20240101120000_.py",
        "20240101120000-create.py",
        "20240101120000_Create.py",
        "20240101120000_erzähle.py",
        "٢٠٢٤٠١٠١١٢٠٠٠٠_create.py",
        "20240101120000_a\n.py",
    ],
)
def test_a_name_of_another_form_is_refused(tmp_path: Path, name: str) -> None:
    folder = touch(tmp_path / "m", name)
    with pytest.raises(MigrationFileError, match="is not named like a migration"):
        discover([folder])


@pytest.mark.parametrize("digits", ["20261332000000", "20240230120000", "20240101250000"])
def test_a_date_that_does_not_exist_is_refused(tmp_path: Path, digits: str) -> None:
    folder = touch(tmp_path / "m", f"{digits}_create.py")
    with pytest.raises(MigrationFileError, match=f"date that does not exist: {digits}"):
        discover([folder])


def test_one_name_in_two_folders_is_refused_and_both_are_named(tmp_path: Path) -> None:
    one = touch(tmp_path / "one", "20240101120000_a.py")
    two = touch(tmp_path / "two", "20240101120000_a.py")
    with pytest.raises(MigrationFileError) as raised:
        discover([one, two])
    assert str(one.path) in str(raised.value)
    assert str(two.path) in str(raised.value)


def test_all_problems_are_found_and_good_files_with_them(tmp_path: Path) -> None:
    folder = touch(tmp_path / "m", "20240101120000_a.py", "bad.py", "20240230120000_b.py")
    files, problems = scan([folder])
    assert [file.name for file in files] == ["20240101120000_a"]
    assert [problem.path.name for problem in problems] == ["20240230120000_b.py", "bad.py"]


def test_a_file_in_place_of_the_folder_is_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "migrations"
    path.write_text("", encoding="utf-8")
    with pytest.raises(MigrationFileError, match="cannot be read: Not a directory"):
        discover([Folder(path)])


def test_a_folder_that_is_given_twice_is_read_once(tmp_path: Path, settings: Settings) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    settings.KIT = {"MIGRATIONS_DIR": link / "kit_django" / ".." / "kit_django" / "kit_migrations"}
    folders = migration_folders()
    assert len({folder.path.resolve() for folder in folders}) == len(folders)


def test_apps_bring_their_own_folders(settings: Settings) -> None:
    settings.KIT = {"MIGRATIONS_DIR": "/somewhere"}
    assert [folder.app_label for folder in migration_folders()] == [None, "kit_django"]


@pytest.mark.parametrize(
    "source", [b"a\r\nb\r\n", b"a\rb\r", b"\xef\xbb\xbfa\nb\n", b"\xef\xbb\xbfa\r\nb\r\n"]
)
def test_the_checksum_does_not_see_line_endings_or_a_mark(source: bytes) -> None:
    assert checksum_of(source) == checksum_of(b"a\nb\n")


@pytest.mark.parametrize("source", [b"a\nb", b"a\n\nb\n", b"a \nb\n", b"A\nb\n"])
def test_the_checksum_sees_all_else(source: bytes) -> None:
    assert checksum_of(source) != checksum_of(b"a\nb\n")


@pytest.mark.parametrize(
    ("existing", "expected"),
    [
        ([], "20240506120000_x"),
        (["20240506115959_a"], "20240506120000_x"),
        (["20240506120000_a"], "20240506120001_x"),
        (["20991231235959_far", "20240101000000_b"], "21000101000000_x"),
    ],
)
def test_the_next_name_comes_after_all_others(existing: list[str], expected: str) -> None:
    assert next_name("x", existing, NOON) == expected


def test_the_next_name_is_in_utc() -> None:
    assert next_name("x", [], datetime.fromisoformat("2024-05-06T01:00:00+09:00")).startswith(
        "20240505160000"
    )


def test_nothing_comes_after_the_end_of_time() -> None:
    with pytest.raises(MigrationFileError, match="No migration can come after"):
        next_name("x", ["99991231235959_last"])


def test_paths_are_shown_as_one_would_type_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert display_path(tmp_path / "migrations" / "a.py") == str(Path("migrations", "a.py"))
    assert display_path(Path("/elsewhere/a.py")) == "/elsewhere/a.py"
