from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kit_django.management import reporting
from tests.runner.conftest import creates

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kit_django.runner.events import Event
    from tests.runner.conftest import Migrations

A = "20240101120000_a"


class Terse(reporting.Reporter):
    """A form that the commands have never heard of."""

    is_for_people = False

    def hear(self, event: Event) -> None:
        pass

    def say(self, text: str) -> None:
        pass

    def begin(self) -> None:
        pass

    def answer(self, data: Any, words: Iterable[str]) -> None:
        self.stdout.write(f"<{', '.join(data) if isinstance(data, dict) else len(data)}>")


DONE = "loaded, applied, faked, rolled_back, skipped, pretended, seeded, notes"


def test_a_new_form_is_a_reporter_and_nothing_else(
    migrations: Migrations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporting, "FORMATS", {**reporting.FORMATS, "terse": Terse})
    migrations.write(A, creates("a"))

    def said(command: str, *arguments: str, **options: Any) -> list[str]:
        outcome = migrations.run(command, *arguments, format="terse", **options)
        assert outcome.error == ""
        return outcome.lines

    assert said("migrate", plan=True) == ["<pending, django_pending>"]
    assert said("migrate", pretend=True) == [f"<{DONE}, django>"]
    assert said("migrate") == [f"<{DONE}, django>"]
    assert said("migrate_status") == ["<1>"]
    assert said("migrate_rollback", pretend=True) == [f"<{DONE}>"]
    assert said("migrate_rollback") == [f"<{DONE}>"]
    assert said("migrate_fresh", force=True) == [f"<{DONE}, django>"]
    assert said("migrate_resolve", A, "--rolled-back", verbosity=0) == [
        "<name, resolution, differences>"
    ]
    assert said("make_migration", "create_b_table") == ["<created>"]
    keys = (
        "written, in_sync, files, models, differences, usages, notes, skipped, unclaimed, unchanged"
    )
    for asked in ({"check": True}, {"diff": True}):
        assert said("db_sync", app="kit_django", **asked) == [f"<{keys}>"]
    assert said("db_sync", verify=True) == ["<facts, kept, losses, beside, otherwise>"]
