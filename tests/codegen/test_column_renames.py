"""Columns with other names keep their fields, whatever else happens in the same sync."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.codegen.test_drift import HEAD, MIGRATION, Changes
from tests.commands.terminal import at_a_terminal

if TYPE_CHECKING:
    from tests.projects import Project

CREATION = """\
with schema.create_table("people") as table:
    table.id()
    table.text("bio", null=True)
    table.integer("age", null=True)
    table.string("nick", max_length=20, null=True)
"""
MINE = f"""{HEAD}

class Person(models.Model):
    bio = models.TextField("about me", null=True, blank=True, help_text="be brief")
    age = models.IntegerField(null=True, blank=True, help_text="in years")
    nick = models.CharField(max_length=20, null=True, blank=True, help_text="short")

    class Meta:
        db_table = "people"
"""


@pytest.fixture
def people(project: Project) -> Changes:
    changes = Changes(project)
    changes.migrate(CREATION)
    changes.write(MINE)
    assert changes.differences() == {}
    return changes


def changed(changes: Changes, *lines: str) -> str:
    body = "\n".join(f"    {line}" for line in lines)
    changes.migrate(f'with schema.alter_table("people") as table:\n{body}')
    changes.sync()
    changes.assert_settled()
    return changes.text()


def kept(text: str) -> set[str]:
    """The help texts that are there still."""
    return {word for word in ("be brief", "in years", "short") if word in text}


def test_two_renames_and_an_addition(people: Changes) -> None:
    text = changed(
        people,
        'table.rename("bio", "biography")',
        'table.rename("age", "years")',
        'table.text("email", null=True)',
    )
    assert kept(text) == {"be brief", "in years", "short"}
    assert 'db_column="biography"' in text
    assert 'db_column="years"' in text
    assert "email = models.TextField(null=True, blank=True)" in text


def test_all_renamed_and_two_of_the_same_types_added(people: Changes) -> None:
    text = changed(
        people,
        'table.rename("bio", "biography")',
        'table.rename("age", "years")',
        'table.rename("nick", "handle")',
        'table.integer("height", null=True)',
        'table.text("email", null=True)',
    )
    assert kept(text) == {"be brief", "in years", "short"}
    for column in ("biography", "years", "handle"):
        assert f'db_column="{column}"' in text


def test_a_rename_beside_a_drop(people: Changes) -> None:
    text = changed(people, 'table.rename("bio", "biography")', 'table.drop("age")')
    assert kept(text) == {"be brief", "short"}
    assert 'db_column="biography"' in text


def test_a_rename_a_drop_and_an_addition(people: Changes) -> None:
    text = changed(
        people,
        'table.drop("age")',
        'table.rename("nick", "handle")',
        'table.integer("height", null=True)',
    )
    assert kept(text) == {"be brief", "short"}
    assert 'db_column="handle"' in text
    assert "height = models.IntegerField(" in text


def test_a_drop_beside_an_addition_of_another_type_is_no_rename(people: Changes) -> None:
    text = changed(people, 'table.drop("nick")', 'table.date("born", null=True)')
    assert kept(text) == {"be brief", "in years"}
    assert "born = models.DateField(null=True, blank=True)" in text


ALL_ALIKE = """\
with schema.create_table("people") as table:
    table.id()
    table.text("one", null=True)
    table.text("two", null=True)
    table.text("three", null=True)
"""
NAMED = f"""{HEAD}

class Person(models.Model):
    one = models.TextField(null=True, blank=True)
    two = models.TextField(null=True, blank=True)
    # the third
    three = models.TextField(null=True, blank=True)

    class Meta:
        db_table = "people"

    def shout(self):
        return self.two.upper()
"""


@pytest.fixture
def alike(project: Project) -> Changes:
    changes = Changes(project)
    changes.migrate(ALL_ALIKE)
    changes.write(NAMED)
    assert changes.differences() == {}
    return changes


def execute(changes: Changes, *statements: str) -> None:
    with changes.project.connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def test_no_field_with_something_of_a_persons_goes_on_a_guess(alike: Changes) -> None:
    """``one`` is as kit writes it, and goes; a method names ``two``, a comment is about ``three``."""
    execute(
        alike,
        "ALTER TABLE people DROP COLUMN one",
        "ALTER TABLE people RENAME COLUMN two TO deux",
        "ALTER TABLE people DROP COLUMN three",
    )
    found = alike.differences()
    for name in ("two", "three"):
        assert (
            f"Say --rename people.{name}=deux, or --rename people.{name}= if not"
            in found[f"blog.Person.{name}"]
        )
    alike.sync()
    left = alike.text()
    assert left == NAMED.replace("    one = models.TextField(null=True, blank=True)\n", "")
    wrong = alike.project.run("db_sync", "--rename", "people.twoo=deux", check=2)
    assert "Did you mean people.two?" in wrong.stderr
    wrong = alike.project.run("db_sync", "--rename", "people.two=trois", check=2)
    assert "people has no column trois" in wrong.stderr
    alike.sync("--rename", "people.two=deux", "--rename", "people.three=")
    assert 'two = models.TextField(null=True, blank=True, db_column="deux")' in alike.text()
    assert "three = " not in alike.text()
    alike.assert_settled()


def test_a_person_at_a_terminal_is_asked_of_columns(alike: Changes) -> None:
    execute(
        alike,
        "ALTER TABLE people DROP COLUMN one",
        "ALTER TABLE people DROP COLUMN two",
        "ALTER TABLE people RENAME COLUMN three TO trois",
    )
    words = ("db_sync", "--skip-migrations")
    printed, code = at_a_terminal(alike.project, *words, answer="n\nn\ny")
    assert "Was people.three renamed to people.trois? [y/N]" in printed
    assert code == 0
    assert 'three = models.TextField(null=True, blank=True, db_column="trois")' in alike.text()
    alike.assert_settled()


RENAMED = """\
with schema.alter_table("people") as table:
    table.drop("one")
    table.text("one", null=True)
    table.rename("two", "other")
    table.rename("three", "two")
    table.rename("other", "three")
schema.rename_table("people", "persons")
with schema.alter_table("persons") as table:
    table.rename("two", "last")
"""


def test_the_migrations_of_this_run_know_what_became_of_what(alike: Changes) -> None:
    indented = "\n".join(f"        {line}" for line in RENAMED.splitlines())
    alike.project.migration("20240201000000_change", MIGRATION.format(lines=indented))
    alike.project.run("db_sync", check=0)
    text = alike.text()
    assert 'two = models.TextField(null=True, blank=True, db_column="three")' in text
    assert 'three = models.TextField(null=True, blank=True, db_column="last")' in text
    assert 'db_table = "persons"' in text
    alike.assert_settled()


LINKED = f"""{HEAD}

class Tag(models.Model):
    class Meta:
        db_table = "tags"


class Post(models.Model):
    tags = models.ManyToManyField(Tag, related_name="posts")

    class Meta:
        db_table = "posts"
"""
LINKS = """\
for name in ("tags", "posts"):
    with schema.create_table(name) as table:
        table.id()
with schema.create_table("posts_tags") as table:
    table.id()
    table.foreign_id("post_id", references="posts")
    table.foreign_id("tag_id", references="tags")
    table.unique(["post_id", "tag_id"])
"""


def test_a_link_table_without_a_model_is_followed(project: Project) -> None:
    changes = Changes(project)
    changes.migrate(LINKS)
    changes.write(LINKED)
    assert changes.differences() == {}
    execute(changes, "ALTER TABLE posts RENAME TO articles")
    changes.sync("--rename", "posts=articles")
    assert 'ManyToManyField(Tag, related_name="posts", db_table="posts_tags")' in changes.text()
    changes.assert_settled()
    execute(changes, "ALTER TABLE posts_tags RENAME TO labels")
    changes.sync()
    assert 'ManyToManyField(Tag, related_name="posts", db_table="labels")' in changes.text()
    changes.assert_settled()
    execute(changes, "ALTER TABLE labels RENAME COLUMN post_id TO article_id")
    assert changes.differences() == {
        "blog.Post.tags": "its link table labels has id, article_id, tag_id, where Django looks "
        "for post_id"
    }
    execute(changes, "DROP TABLE labels")
    assert changes.differences() == {"blog.Post.tags": "its link table labels is not there"}
