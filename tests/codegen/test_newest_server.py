"""What PostgreSQL 18 has and those before it have not, in models."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.codegen.test_values import execute

if TYPE_CHECKING:
    from tests.projects import Project

pytestmark = pytest.mark.databases("postgresql")

SCHEMA = """
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE TABLE rooms (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, price numeric(10,2) NOT NULL,
    vat numeric(10,2) GENERATED ALWAYS AS (price * 0.2) VIRTUAL,
    gross numeric(10,2) GENERATED ALWAYS AS (price * 1.2) STORED
);
CREATE TABLE bookings (
    room_id bigint NOT NULL, during tstzrange NOT NULL, note text,
    CONSTRAINT bookings_key PRIMARY KEY (room_id, during WITHOUT OVERLAPS)
);
CREATE TABLE guests (
    id integer PRIMARY KEY, room_id bigint, n integer, m integer,
    CONSTRAINT guests_room FOREIGN KEY (room_id) REFERENCES rooms (id) NOT ENFORCED,
    CONSTRAINT few CHECK (n > 0) NOT ENFORCED
);
ALTER TABLE guests ADD CONSTRAINT has_n NOT NULL n NOT VALID;
CREATE UNIQUE INDEX one_each ON guests (n, m) NULLS NOT DISTINCT;
CREATE TABLE tickets (id uuid PRIMARY KEY DEFAULT uuidv7())
"""
ROWS = """
from datetime import UTC, datetime

from blog.models import Booking, Guest, Room, Ticket
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

room = Room(price="10.00")
room.full_clean()
room.save()
room = Room.objects.get()
room.price += 10
room.full_clean()
room.save()
room.refresh_from_db()
print(room.vat, room.gross, Room.objects.count())
during = DateTimeTZRange(datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 1, 2, tzinfo=UTC))
Booking(room_id=room.pk, during=during, note="x").save()
booking = Booking.objects.get(room_id=room.pk, during=during)
booking.note = "y"
booking.save()
print(*Booking.objects.values_list("note"))
guest = Guest(id=1, room=room, n=-1)  # which no check forbids
guest.full_clean()
guest.save()
ticket = Ticket()
ticket.save()
Ticket.objects.get(pk=ticket.pk).save()
print(Guest.objects.count(), Ticket.objects.count())
"""
LOST = {
    "primary key option: bookings.without overlaps",
    "foreign key option: guests.room_id",
    "deferrability: guests.room_id",
    "column option: guests.n",
    "numbering: rooms.id",
}


def test_its_tables_have_models_that_work_and_losses_that_are_named(project: Project) -> None:
    if project.connection.pg_version < 180000:  # type: ignore[attr-defined]
        pytest.skip("The server is older.")
    project.configure('INSTALLED_APPS += ["django.contrib.postgres"]')
    execute(project, *SCHEMA.split(";\n"))
    project.run("db_sync", "--skip-migrations", check=0)
    project.run("check", "--database", "default", check=0)
    written = project.file("blog/models.py").read_text("utf-8")
    assert "db_persist=False" in written
    assert "UniqueConstraint(" in written
    assert "NOT ENFORCED" in written
    assert project.run("shell", "-v", "0", "-c", ROWS, check=0).lines == [
        "4.00 24.00 1",
        "('y',)",
        "1 1",
    ]
    project.run("db_sync", "--skip-migrations", "--check", check=0)
    lines = project.run("db_sync", "--verify", "-v", "2", check=0).lines
    said = [line for line in lines if line.startswith("Lost: ")]
    lost = {line.removeprefix("Lost: ").rpartition(": ")[0] for line in said}
    assert lost == LOST


def test_a_unique_index_that_takes_one_null_is_django_s(project: Project) -> None:
    if project.connection.pg_version < 150000:  # type: ignore[attr-defined]
        pytest.skip("The server is older.")
    execute(
        project,
        "CREATE TABLE posts (id integer PRIMARY KEY, n integer, m integer)",
        "CREATE UNIQUE INDEX one_each ON posts (n, m) NULLS NOT DISTINCT",
    )
    project.run("db_sync", "--skip-migrations", check=0)
    written = project.file("blog/models.py").read_text("utf-8")
    assert (
        'UniqueConstraint(\n                fields=["n", "m"], name="one_each", nulls_distinct=False'
        in written
    )
    lines = project.run("db_sync", "--verify", check=0).lines
    assert lines[-1] == "12 of 12 facts survive the way through the models."
    assert [line for line in lines if line.startswith("Lost: ")] == []
