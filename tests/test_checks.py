from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core import checks, management
from django.core.management import get_commands

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_django import Settings


@pytest.fixture(autouse=True)
def fresh_commands() -> Iterator[None]:
    """Django remembers which app has which command."""
    get_commands.cache_clear()  # type: ignore[attr-defined]
    yield
    get_commands.cache_clear()  # type: ignore[attr-defined]


def run() -> list[checks.CheckMessage]:
    found: list[Any] = checks.run_checks(tags=["kit_django"])
    return found


def only() -> checks.CheckMessage:
    (message,) = run()
    assert message.hint
    return message


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.KIT = {"MIGRATIONS_DIR": tmp_path}
    return tmp_path


def test_a_project_in_order_has_nothing_to_hear(folder: Path) -> None:
    (folder / "20240101120000_a.py").write_text("raise SystemExit", encoding="utf-8")
    assert run() == []


def test_a_folder_that_is_not_there_yet_is_in_order(folder: Path, settings: Settings) -> None:
    settings.KIT = {"MIGRATIONS_DIR": folder / "migrations"}
    assert run() == []


def test_settings_that_cannot_be_used_are_e001(settings: Settings) -> None:
    settings.KIT = {"MODEL": {}}
    assert only().id == "kit_django.E001"
    assert "Did you mean 'MODELS'?" in only().msg


def test_a_name_that_is_there_twice_is_e002(
    folder: Path, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    import sys

    app = tmp_path_factory.mktemp("apps")
    (app / "twin" / "kit_migrations").mkdir(parents=True)
    (app / "twin" / "__init__.py").write_text("", encoding="utf-8")
    for place in (folder, app / "twin" / "kit_migrations"):
        (place / "20240101120000_a.py").write_text("", encoding="utf-8")
    sys.path.insert(0, str(app))
    try:
        settings.INSTALLED_APPS = ["kit_django", "twin"]
        assert only().id == "kit_django.E002"
    finally:
        sys.path.remove(str(app))


@pytest.mark.parametrize("name", ["users.py", "20241332000000_users.py"])
def test_a_name_that_is_no_migrations_is_e003(folder: Path, name: str) -> None:
    (folder / name).write_text("", encoding="utf-8")
    assert only().id == "kit_django.E003"
    assert name in only().msg


def test_a_folder_that_cannot_be_read_is_e003(folder: Path, settings: Settings) -> None:
    path = folder / "file"
    path.write_text("", encoding="utf-8")
    settings.KIT = {"MIGRATIONS_DIR": path}
    assert only().id == "kit_django.E003"


def test_an_app_that_is_not_installed_is_e004(folder: Path, settings: Settings) -> None:
    settings.KIT = {"MIGRATIONS_DIR": folder, "MODELS": {"blog": ["*"]}}
    assert only().id == "kit_django.E004"
    assert "'blog'" in only().msg


def test_migrations_that_may_be_anywhere_are_e005(settings: Settings) -> None:
    settings.KIT = {}
    assert only().id == "kit_django.E005"
    settings.BASE_DIR = "/srv/mysite"
    assert run() == []


def test_a_migrate_of_another_apps_is_w001(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(management.get_commands(), "migrate", "tenants")
    message = only()
    assert message.id == "kit_django.W001"
    assert message.hint == "List \"kit_django\" before 'tenants' in INSTALLED_APPS."


def test_the_order_of_installed_apps_is_what_counts(folder: Path, settings: Settings) -> None:
    settings.INSTALLED_APPS = ["django.contrib.contenttypes", "kit_django"]
    assert run() == []
