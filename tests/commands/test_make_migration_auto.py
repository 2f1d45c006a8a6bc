"""make_migration --auto as a person calls it: models.py was changed, and the database is to follow."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import models as django_models

from kit_django.schema.introspection import introspect
from tests.commands.terminal import at_a_terminal
from tests.projects import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.backends.base.base import BaseDatabaseWrapper

    from kit_django.schema import facts
    from tests.projects import Project, Result

FIRST = """
from django.db import models


class Author(models.Model):
    class Kind(models.TextChoices):
        STAFF = "staff"
        GUEST = "guest"

    name = models.CharField(max_length=100)
    email = models.EmailField(unique=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.STAFF)
    age = models.PositiveIntegerField(null=True)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["name", "-age"], name="author_name_age")]


class Tag(models.Model):
    label = models.SlugField()


class Post(models.Model):
    author = models.ForeignKey(Author, on_delete=models.CASCADE)
    parent = models.ForeignKey("self", null=True, on_delete=models.SET_NULL)
    title = models.CharField(max_length=200, db_index=True)
    body = models.TextField(blank=True)
    price = models.DecimalField(max_digits=8, decimal_places=2, db_default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    tags = models.ManyToManyField(Tag)

    class Meta:
        db_table = "posts"
        unique_together = [("author", "title")]
        constraints = [
            models.CheckConstraint(condition=models.Q(price__gte=0), name="posts_price_ok")
        ]
"""
ROWS = """
from blog.models import Author, Post, Tag
author = Author.objects.create(name="x", email="a@b.c", age=3, data={"a": 1})
Author.objects.create(name="y", email="a@b.d")
Post.objects.create(author=author, title="t").tags.add(Tag.objects.create(label="q"))
"""
SECOND = """
from django.db import models
from django.utils import timezone


class Author(models.Model):
    class Kind(models.TextChoices):
        STAFF = "staff"
        GUEST = "guest"

    name = models.CharField(max_length=150, verbose_name="full name")
    mail = models.EmailField(unique=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.STAFF)
    age = models.IntegerField(default=0)
    data = models.JSONField(default=dict)
    nick = models.CharField(max_length=30, default="nobody")
    seen_at = models.DateTimeField(default=timezone.now)
    settings = models.JSONField(default=dict)
    country = models.ForeignKey("Country", null=True, on_delete=models.SET_NULL)

    class Meta:
        indexes = [models.Index(fields=["name", "nick"], name="author_name_nick")]


class Country(models.Model):
    code = models.CharField(max_length=2, unique=True)
    capital = models.ForeignKey("Author", null=True, on_delete=models.SET_NULL, related_name="+")


class Post(models.Model):
    author = models.ForeignKey(Author, on_delete=models.CASCADE)
    title = models.CharField(max_length=200, unique=True)
    body = models.TextField(null=True)
    price = models.DecimalField(max_digits=10, decimal_places=2, db_default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "posts"
        constraints = [
            models.CheckConstraint(condition=models.Q(price__lte=500), name="posts_price_ok")
        ]
"""
NOTHING = ["The models and the database say the same."]


def auto(project: Project, *arguments: str, check: int | None = 0) -> Result:
    return project.run("make_migration", "--auto", *arguments, check=check)


def write_models(project: Project, text: str) -> None:
    project.write("blog/models.py", text.lstrip())


def model(fields: str, name: str = "Author", meta: str = "") -> str:
    """The source of a class with these fields."""
    lines = [f"    {line.strip()}" for line in fields.strip().splitlines()]
    lines += ["", "    class Meta:", f"        {meta}"] if meta else []
    return "\n".join(
        ["from django.db import models", "", "", f"class {name}(models.Model):", *lines, ""]
    )


def begun(project: Project, text: str, rows: str = "") -> None:
    """A project whose database has what these models say."""
    write_models(project, text)
    auto(project)
    project.run("migrate", check=0)
    if rows:
        project.run("shell", "-v", "0", "-c", rows, check=0)


def tables(project: Project) -> dict[str, facts.Table]:
    """Those of the database, with columns in any order: one that comes back comes last."""
    found = introspect(project.connection)
    return {
        each.name: replace(each, columns=tuple(sorted(each.columns, key=lambda c: c.name)))
        for each in found
    }


def migrations(project: Project) -> list[str]:
    return sorted(path.name for path in project.file("migrations").glob("*.py"))


def last(project: Project) -> str:
    return project.file(f"migrations/{migrations(project)[-1]}").read_text(encoding="utf-8")


def assert_in_step(project: Project) -> None:
    """The database says what the models say, and nobody finds anything more to do."""
    project.run("db_sync", "--check", check=0)
    assert auto(project).lines == NOTHING
    assert auto(project, "--check").lines == NOTHING


def test_new_models_become_tables(project: Project) -> None:
    begun(project, FIRST)
    source = last(project)
    for line in (
        'with schema.create_table("posts") as table:',
        'table.string("email", max_length=254, unique=True)',
        'table.unsigned_integer("age", null=True)',
        'table.json("data")',
        'table.foreign_id("author_id", references="blog_author")',
        'table.foreign_id("parent_id", references="posts", null=True)',
        'table.unique(["author_id", "title"])',
        'table.index(["name", "-age"], name="author_name_age")',
        'table.check(models.Q(price__gte=0), name="posts_price_ok")',
    ):
        assert line in source
    assert "def down" not in source
    assert_in_step(project)
    project.run("migrate_rollback", check=0)
    assert not tables(project).keys() & {"posts", "posts_tags", "blog_author", "blog_tag"}


def test_changes_go_there_and_back_with_rows_in_the_tables(project: Project) -> None:
    begun(project, FIRST, ROWS)
    before = tables(project)
    write_models(project, SECOND)
    auto(project, "--rename", "blog_author.email=mail", "--drop", "*", "--force")
    project.run("migrate", check=0)
    assert_in_step(project)
    shown = project.run("shell", "-v", "0", "-c", SHOW, check=0).lines
    assert shown == ["a@b.c 3 nobody {}", "a@b.d 0 nobody {}"]
    project.run("migrate_rollback", check=0)
    after = tables(project)
    for name in ("posts", "posts_tags", "blog_author", "blog_tag"):
        assert after[name] == before[name]
    assert "blog_country" not in after


SHOW = """
from blog.models import Author
for each in Author.objects.order_by("id"):
    print(each.mail, each.age, each.nick, each.settings)
"""


def test_what_only_the_database_has_is_never_dropped_unasked(project: Project) -> None:
    begun(project, model("name = models.CharField(max_length=40)"))
    project.migration(
        "20990101000000_add_nick",
        """
        from kit_django import Migration

        class AddNick(Migration):
            def up(self, schema):
                with schema.alter_table("blog_author") as table:
                    table.string("nick", null=True)
        """.replace("\n        ", "\n"),
    )
    project.run("migrate", check=0)
    write_models(project, model("name = models.CharField(max_length=50)"))
    result = auto(project, "--no-input", check=2)
    assert "blog_author.nick" in result.stderr
    assert "--drop blog_author.nick" in result.stderr
    assert "db_sync" in result.stderr
    assert len(migrations(project)) == 2


def test_a_rename_is_asked_for_or_said(project: Project) -> None:
    begun(project, model("nick = models.CharField(max_length=40)"), ROW)
    write_models(project, model("handle = models.CharField(max_length=40)"))
    result = auto(project, "--no-input", check=2)
    assert "--rename blog_author.nick=handle" in result.stderr
    said, code = at_a_terminal(project, "make_migration", "--auto", answer="y")
    assert code == 0
    assert "Was blog_author.nick renamed to handle?" in said
    assert migrations(project)[-1].endswith("_rename_nick_to_handle_in_blog_author.py")
    project.run("migrate", check=0)
    assert_in_step(project)
    shown = "from blog.models import Author; print(Author.objects.get().handle)"
    assert project.run("shell", "-v", "0", "-c", shown, check=0).lines == ["x"]


ROW = "from blog.models import Author; Author.objects.create(nick='x')"


def test_a_table_is_renamed_where_that_is_said(project: Project) -> None:
    fields = "nick = models.CharField(max_length=40)\nage = models.IntegerField(null=True)"
    begun(project, model(fields), ROW)
    write_models(project, model(fields, name="Writer"))
    result = auto(project, "--no-input", check=2)
    assert "--rename blog_author=blog_writer" in result.stderr
    auto(project, "--rename", "blog_author=blog_writer")
    assert 'schema.rename_table("blog_author", "blog_writer")' in last(project)
    project.run("migrate", check=0)
    assert_in_step(project)


def test_a_new_link_between_tables_that_are_there_becomes_a_table(project: Project) -> None:
    plain = "nick = models.CharField(max_length=40)"
    begun(project, model(plain), ROW)
    friends = 'friends = models.ManyToManyField("self")'
    write_models(project, model(f"{plain}\n{friends}"))
    auto(project)
    assert 'schema.create_table("blog_author_friends")' in last(project)
    project.run("migrate", check=0)
    assert_in_step(project)
    write_models(project, model(plain))
    auto(project, "--drop", "blog_author_friends")
    project.run("migrate", check=0)
    assert_in_step(project)


def test_words_that_name_nothing_are_refused(project: Project) -> None:
    begun(project, model("nick = models.CharField(max_length=40)"))
    write_models(project, model("handle = models.CharField(max_length=40)"))
    assert "names nothing" in auto(project, "--rename", "a=b", check=2).stderr
    result = auto(project, "--rename", "blog_author.nick=other", check=2)
    assert "has the column other" in result.stderr


def test_rows_that_would_lose_something_need_a_yes(project: Project) -> None:
    begun(project, model("nick = models.CharField(max_length=40)"), ROW)
    write_models(project, model("nick = models.CharField(max_length=20)"))
    result = auto(project, "--no-input", check=1)
    assert "blog_author.nick: its type changes from" in result.stderr
    assert "(1 row)" in result.stderr
    assert len(migrations(project)) == 1
    said, code = at_a_terminal(project, "make_migration", "--auto", answer="n")
    assert code == 1, said
    auto(project, "--no-input", "--force")
    project.run("migrate", check=0)
    assert_in_step(project)


def test_a_column_that_cannot_be_null_needs_a_value_where_there_are_rows(project: Project) -> None:
    begun(project, model("nick = models.CharField(max_length=40)"), ROW)
    field = "nick = models.CharField(max_length=40)\nage = models.IntegerField()"
    write_models(project, model(field))
    result = auto(project, check=1)
    assert "blog_author.age cannot be null in the models, and 1 row has no value" in result.stderr
    assert "default=" in result.stderr
    write_models(project, model(field.replace("IntegerField()", "IntegerField(default=7)")))
    auto(project)
    project.run("migrate", check=0)
    assert_in_step(project)
    shown = "from blog.models import Author; print(Author.objects.get().age)"
    assert project.run("shell", "-v", "0", "-c", shown, check=0).lines == ["7"]


def test_rows_that_a_new_check_or_unique_would_refuse_are_found_first(project: Project) -> None:
    plain = "nick = models.CharField(max_length=40)\nage = models.IntegerField(default=5)"
    begun(project, model(plain), f"{ROW}; Author.objects.create(nick='x')")
    unique = plain.replace("max_length=40", "max_length=40, unique=True")
    write_models(project, model(unique))
    result = auto(project, check=1)
    assert "alike in (nick), which is to be unique: 2 row(s)" in result.stderr
    check = 'models.CheckConstraint(condition=models.Q(age__gt=5), name="grown")'
    write_models(project, model(plain, meta=f"constraints = [{check}]"))
    result = auto(project, check=1)
    assert "do not fulfil the check 'grown'" in result.stderr
    assert ": 2 row(s), such as the one with" in result.stderr
    assert len(migrations(project)) == 1


def test_check_and_dry_run_write_nothing(project: Project) -> None:
    write_models(project, FIRST)
    result = auto(project, "--check", check=1)
    assert "blog.Author: its table is gone" in result.stdout
    told = json.loads(auto(project, "--check", "--format", "json", check=1).stdout)
    assert told["ahead"] is True
    assert "create_table" in auto(project, "--dry-run").stdout
    told = json.loads(auto(project, "--dry-run", "--format", "json").stdout)
    assert "create_table" in told["source"]
    assert told["created"] == []
    assert not project.file("migrations").exists()


def test_what_is_pending_comes_first(project: Project) -> None:
    begun(project, model("nick = models.CharField(max_length=40)"))
    project.run("make_migration", "update_other_table", check=0)
    result = auto(project, check=2)
    assert "1 migration(s) are not applied" in result.stderr


def test_what_is_the_applications_makes_no_migration(project: Project) -> None:
    begun(project, model("nick = models.CharField(max_length=40)"))
    field = (
        'nick = models.CharField("Nick", max_length=40, blank=True, help_text="x", default="y",'
        ' choices=[("y", "Y")])'
    )
    write_models(project, model(field, meta='ordering = ["nick"]'))
    assert_in_step(project)


def test_options_of_auto_go_with_it_alone(project: Project) -> None:
    result = project.run("make_migration", "create_posts", "--dry-run", check=2)
    assert "--dry-run goes with --auto." in result.stderr
    result = project.run("make_migration", "--auto", "x", "--from-database", check=2)
    assert "no --from-database" in result.stderr
    assert project.run("make_migration", check=2).stderr.endswith("required: name\n")


def test_a_blog_is_the_same_told_from_either_side(
    project: Project, wipe: Callable[[BaseDatabaseWrapper], None]
) -> None:
    own = {}
    for path in (REPOSITORY / "example_project/migrations").glob("*.py"):
        own[project.migration(path.name, path.read_text(encoding="utf-8"))] = path
    project.run("db_sync", check=0)
    told, models = of_the_database(project), project.file("blog/models.py").read_text("utf-8")
    wipe(project.connection)
    for path in own:
        path.unlink()
    auto(project)
    project.run("migrate", check=0)
    assert_in_step(project)
    project.run("db_sync", check=0)
    assert project.file("blog/models.py").read_text("utf-8") == models
    assert of_the_database(project) == told


def of_the_database(project: Project) -> dict[str, facts.Table]:
    """But for what deletes rows, which before Django 6.1 no model says."""
    found = {name: each for name, each in tables(project).items() if name in BLOG}
    if hasattr(django_models, "DB_CASCADE"):
        return found
    return {
        name: replace(
            each,
            foreign_keys=tuple(replace(key, on_delete="NO ACTION") for key in each.foreign_keys),
        )
        for name, each in found.items()
    }


BLOG = ("users", "posts", "comments", "tags", "post_tags")
