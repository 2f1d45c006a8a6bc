"""Timestamps that work, keys that are made, and rows that were deleted for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.codegen.test_drift import Changes
from tests.codegen.test_values import execute

if TYPE_CHECKING:
    from tests.projects import Project

CREATION = """\
with schema.create_table("posts") as table:
    table.id()
    table.text("title")
    table.timestamps()
    table.soft_deletes()
with schema.create_table("tags") as table:
    table.uuid("id", primary_key=True)
"""
QUERY = """
from django.forms import modelform_factory
from blog.models import Post, Tag
form = modelform_factory(Post, fields="__all__")({"title": "a"})
assert form.is_valid(), form.errors
post = form.save()
post.refresh_from_db()
made, changed = post.created_at, post.updated_at
Post.objects.update(updated_at=changed.replace(year=2000))
post = Post.objects.get()
post.save()
post.refresh_from_db()
print(post.created_at == made, post.updated_at.year > 2000)
Post.objects.update(deleted_at=changed)
print(Post.objects.count(), Post.with_deleted.count())
tag = Tag()
tag.save()
print(Tag.objects.filter(pk=tag.pk).count())
"""


def test_timestamps_move_deleted_rows_are_left_out_and_keys_are_made(project: Project) -> None:
    project.configure('KIT = {"MODELS": {"blog": ["*"]}, "SOFT_DELETES": True}')
    changes = Changes(project)
    changes.migrate(CREATION)
    changes.sync()
    changes.assert_settled()
    result = project.run("shell", "-v", "0", "-c", QUERY, check=0)
    assert result.lines == ["True True", "0 1", "1"]


NAIVE = """
from datetime import date, datetime
from django.contrib.admin import ModelAdmin, site
from django.db.models import Max
from blog.models import Post
exact = datetime(2024, 12, 31, 23, 30, 15, 123456)
post = Post.objects.get(at=exact)
post.full_clean()
post.save()
there = Post.objects.order_by("at")
print([there.filter(**{name: value}).count() for name, value in {
    "at__year": 2024, "at__year__gt": 2024, "at__month": 12, "at__hour": 23, "at__gte": exact,
    "at__date": date(2024, 12, 31)}.items()])
print([str(each) for each in there.dates("at", "day")], there.aggregate(Max("at"))["at__max"] == exact)
form = ModelAdmin(Post, site).get_form(None)({"id": 3, "at_0": "2024-03-10", "at_1": "02:30:00"})
print(form.is_valid() and form.save().at, type(form.fields["at"].widget).__name__)
"""


@pytest.mark.databases("postgresql")
def test_a_time_without_a_zone_is_what_it_is(project: Project) -> None:
    """Also where the project is in a zone whose clocks jump."""
    project.configure('TIME_ZONE = "America/New_York"')
    project.configure(
        'INSTALLED_APPS += ["django.contrib.contenttypes", "django.contrib.auth"]'
        '\nKIT = {"MODELS": {"blog": ["posts"]}}'
    )
    execute(
        project,
        "CREATE TABLE posts (id integer PRIMARY KEY, at timestamp NOT NULL, short timestamp(3))",
        "INSERT INTO posts VALUES (1, '2024-12-31 23:30:15.123456'), (2, '2024-01-01')",
    )
    project.run("db_sync", "--skip-migrations", check=0)
    project.run("db_sync", "--skip-migrations", "--check", check=0)
    assert project.run("shell", "-v", "0", "-c", NAIVE, check=0).lines == [
        "[2, 0, 1, 1, 1, 1]",
        "['2024-01-01', '2024-12-31'] True",
        "2024-03-10 02:30:00 AdminSplitDateTime",
    ]
    found = execute(project, "SELECT at::text FROM posts WHERE id = 1")
    assert found == [("2024-12-31 23:30:15.123456",)]


def test_names_stay_in_their_script(project: Project) -> None:
    quote = project.connection.ops.quote_name
    (clients, name, price) = map(quote, ("Клиенты", "名前", "größe"))
    execute(
        project,
        f"CREATE TABLE {clients} (id integer PRIMARY KEY, {price} integer, {name} varchar(9)"
        f" CHECK ({name} IN ('你好', '+', '', 'ja!')))",
        f"INSERT INTO {clients} VALUES (1, 2, '你好')",
    )
    project.run("db_sync", "--skip-migrations", check=0)
    project.run("db_sync", "--skip-migrations", "--check", check=0)
    query = (
        "from blog.models import Клиенты as C; c = C.objects.get(größe=2); c.full_clean(); c.save();"
        "print(sorted(C.名前Choices.names))"
    )
    lines = project.run("shell", "-v", "0", "-c", query, check=0).lines
    assert lines == ["['EMPTY', 'JA', 'PLUS_SIGN', '你好']"]
    project.write("blog/models.py", "")
    project.configure('KIT = {"MODELS": {"blog": ["*"]}, "ASCII_NAMES": True}')
    project.run("db_sync", "--skip-migrations", check=0)
    assert "grosse = models" in project.file("blog/models.py").read_text("utf-8")
