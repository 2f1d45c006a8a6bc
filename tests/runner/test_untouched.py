"""What stands in for a down() is found by running up() once more, which must not do anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.runner.conftest import creates

if TYPE_CHECKING:
    from pathlib import Path

    from tests.runner.conftest import Migrations

A, B = "20240101120000_a", "20240101120001_b"
IMPORTED = {
    "a cursor": "from django.db import connection\n"
    "connection.cursor().execute(\"INSERT INTO users (name) VALUES ('twice')\")",
    "a swallowed refusal": """
from django.db import connection
try:
    connection.cursor().execute("INSERT INTO users (name) VALUES ('twice')")
except Exception:
    pass
""",
    "a model": """
from django.apps.registry import Apps
from django.db import models
class User(models.Model):
    name = models.TextField()
    class Meta:
        apps, app_label, db_table = Apps(), "x", "users"
User(name="twice").save()
""",
}


@pytest.mark.parametrize("body", IMPORTED.values(), ids=IMPORTED.keys())
def test_a_connection_of_the_writers_own_stops_it_untouched(
    migrations: Migrations, body: str
) -> None:
    migrations.write(A, creates("users"))
    migrations.write(B, body)
    migrations.migrate()
    outcome = migrations.run("migrate_rollback")
    assert outcome.code == 1
    assert "uses a database by other means than its schema: " in outcome.error
    assert "INSERT INTO " in outcome.error
    assert outcome.error.endswith("Nothing was touched.")
    assert migrations.execute("SELECT count(*) FROM users") == [(1,)]
    assert migrations.applied() == [A, B]


def test_what_waits_for_a_commit_is_not_done(migrations: Migrations, tmp_path: Path) -> None:
    mails = tmp_path / "mails"
    mails.write_text("")
    body = f"""
from django.db import transaction
def send():
    with open({str(mails)!r}, "a") as file:
        file.write("sent ")
with transaction.atomic():
    transaction.on_commit(send)
schema.create_index("users", ["name"])
"""
    migrations.write(A, creates("users"))
    migrations.write(B, body)
    migrations.migrate()
    assert mails.read_text() == "sent "
    assert migrations.run("migrate_rollback").code == 0
    assert mails.read_text() == "sent "
    assert migrations.applied() == [A]
