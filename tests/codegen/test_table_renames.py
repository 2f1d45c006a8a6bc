"""A table that has another name now keeps its class, and the class all that a person wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.codegen.test_drift import HEAD, Changes
from tests.commands.terminal import at_a_terminal

if TYPE_CHECKING:
    from tests.projects import Project

CREATION = """\
with schema.create_table("posts") as table:
    table.id()
    table.string("title", max_length=40)
with schema.create_table("tags") as table:
    table.id()
    table.string("word", max_length=40)
with schema.create_table("post_tags") as table:
    table.id()
    table.foreign_id("post_id", references="posts")
    table.foreign_id("tag_id", references="tags")
    table.unique(["post_id", "tag_id"], name="post_tags_once")
"""
MINE = f"""{HEAD}

class Essay(models.Model):
    # about the title
    title = models.CharField("a title", max_length=40)
    tags = models.ManyToManyField("Tag", through="PostTag", related_name="essays")
    everything = models.Manager()

    class Meta:
        db_table = "posts"
        ordering = ["title"]

    def shout(self):
        return  self.title.upper()


class Tag(models.Model):
    word = models.CharField(max_length=40)

    class Meta:
        db_table = "tags"


class PostTag(models.Model):
    post = models.ForeignKey(Essay, models.CASCADE, related_name="links")
    tag = models.ForeignKey(Tag, models.CASCADE)

    class Meta:
        db_table = "post_tags"
        constraints = [models.UniqueConstraint(fields=["post", "tag"], name="post_tags_once")]
"""


@pytest.fixture
def mine(project: Project) -> Changes:
    changes = Changes(project)
    changes.migrate(CREATION)
    changes.write(MINE)
    assert changes.differences() == {}
    return changes


def rename(changes: Changes, *pairs: tuple[str, str]) -> None:
    lines = "\n".join(f'schema.rename_table("{old}", "{new}")' for old, new in pairs)
    changes.number += 1
    changes.project.migration(
        f"{20240101000000 + changes.number}_change",
        "from kit_django import Migration\n\n\nclass Change(Migration):\n"
        "    def up(self, schema):\n" + "".join(f"        {line}\n" for line in lines.splitlines()),
    )


def test_a_rename_of_this_run_changes_nothing_but_the_name(mine: Changes) -> None:
    rename(mine, ("posts", "articles"), ("post_tags", "labels"), ("articles", "texts"))
    mine.project.run("db_sync", check=0)
    expected = MINE.replace('db_table = "posts"', 'db_table = "texts"')
    assert mine.text() == expected.replace('db_table = "post_tags"', 'db_table = "labels"')
    mine.assert_settled()


def test_two_tables_can_change_names_with_each_other(mine: Changes) -> None:
    rename(mine, ("posts", "other"), ("tags", "posts"), ("other", "tags"))
    mine.project.run("db_sync", check=0)
    swapped = MINE.replace('"posts"', '"X"').replace('"tags"', '"posts"').replace('"X"', '"tags"')
    assert mine.text() == swapped
    mine.assert_settled()


def swap(changes: Changes, one: str, other: str) -> None:
    with changes.project.connection.cursor() as cursor:
        for old, new in ((one, "for_now"), (other, one), ("for_now", other)):
            cursor.execute(f"ALTER TABLE {old} RENAME TO {new}")


def swapped(text: str) -> str:
    return text.replace('"posts"', '"X"').replace('"tags"', '"posts"').replace('"X"', '"tags"')


def test_tables_that_change_names_by_sql_take_their_classes_along(mine: Changes) -> None:
    swap(mine, "posts", "tags")
    mine.sync()
    assert mine.text() == swapped(MINE)
    mine.assert_settled()


def test_tables_that_may_have_changed_names_are_left_and_said(mine: Changes) -> None:
    for table in ("posts", "tags"):
        fields = {"posts": "a b c", "tags": "d e f"}[table].split()
        lines = "\n".join(f'    table.integer("{each}", null=True)' for each in fields)
        mine.migrate(f'with schema.alter_table("{table}") as table:\n{lines}')
    mine.sync()
    text = mine.text()
    swap(mine, "posts", "tags")
    with mine.project.connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tags ADD COLUMN g integer")
    said = mine.sync()
    words = "Say --rename posts=tags --rename tags=posts, or --rename posts= if not."
    assert any(line.startswith("by hand: blog.Essay: its table") and words in line for line in said)
    assert mine.text() == text
    failed = mine.project.run("db_sync", "--skip-migrations", "--rename", "posts=tags", check=2)
    assert "tags is the table of blog.Tag" in failed.stderr
    mine.sync("--rename", "posts=tags", "--rename", "tags=posts")
    assert [line for line in mine.text().splitlines() if " g = " not in line] == swapped(
        text
    ).splitlines()
    mine.assert_settled()


def test_a_rename_and_a_new_table_of_the_old_name(mine: Changes) -> None:
    rename(mine, ("tags", "labels"))
    with mine.project.file("migrations/20240101000002_change.py").open("a") as file:
        made = "CREATE TABLE tags (id integer PRIMARY KEY, word varchar(40))"
        file.write(f'        schema.run_sql("{made}")\n')
    mine.project.run("db_sync", check=0)
    assert 'db_table = "labels"' in mine.text()
    assert "class Tag2(" in mine.text()
    mine.assert_settled()


def test_a_rollback_brings_the_name_back(mine: Changes) -> None:
    rename(mine, ("posts", "articles"))
    mine.project.run("db_sync", check=0)
    mine.project.run("migrate_rollback", "--force", check=0)
    mine.sync()
    assert mine.text() == MINE


def test_a_rename_by_another_tool_is_seen(mine: Changes) -> None:
    with mine.project.connection.cursor() as cursor:
        cursor.execute("ALTER TABLE posts RENAME TO articles")
    mine.sync()
    assert mine.text() == MINE.replace('db_table = "posts"', 'db_table = "articles"')
    mine.assert_settled()


def test_a_class_without_db_table_gets_one(mine: Changes) -> None:
    mine.migrate('schema.rename_table("tags", "blog_tag")')
    text = MINE.replace('    class Meta:\n        db_table = "tags"\n', "")
    mine.write(text)
    assert mine.differences() == {}
    rename(mine, ("blog_tag", "labels"))
    mine.project.run("db_sync", check=0)
    assert 'db_table = "labels"' in mine.text()
    mine.assert_settled()


CHANGED = """\
schema.rename_table("posts", "articles")
with schema.alter_table("articles") as table:
    table.string("subtitle", max_length=10, null=True)
"""


def test_what_is_not_certain_is_left_and_said(mine: Changes) -> None:
    mine.migrate(CHANGED)
    message = (
        "by hand: blog.Essay: its table is gone, and articles is like it; was it renamed? Say "
        "--rename posts=articles, or --rename posts= if not."
    )
    assert message in mine.sync("--prune", "--force")
    assert "class Article(" not in mine.text()
    assert "def shout(self):\n        return  self.title.upper()" in mine.text()
    mine.sync("--rename", "posts=articles")
    assert 'db_table = "articles"' in mine.text()
    assert "def shout(self):\n        return  self.title.upper()" in mine.text()
    mine.assert_settled()


def test_a_person_can_say_that_it_is_another_table(mine: Changes) -> None:
    mine.migrate(CHANGED)
    mine.sync("--rename", "posts=")
    assert "class Article(" in mine.text()
    assert "class Essay(" in mine.text()


def test_a_table_that_is_dropped_beside_an_unlike_new_one_is_no_rename(mine: Changes) -> None:
    mine.migrate(
        'schema.drop_table("post_tags")\nwith schema.create_table("prices") as table:\n'
        '    table.id()\n    table.decimal("amount", max_digits=8, decimal_places=2)\n'
        '    table.date("day")\n'
    )
    printed = mine.sync()
    assert any("its table is gone; --prune takes" in line for line in printed)
    assert "class Price(" in mine.text()


def test_words_that_say_no_rename_are_an_error(mine: Changes) -> None:
    result = mine.project.run("db_sync", "--rename", "posts", check=2)
    assert "--rename 'posts' does not say what became what" in result.stderr


@pytest.mark.parametrize("answer", ["y", "n"])
def test_a_person_at_a_terminal_is_asked(mine: Changes, answer: str) -> None:
    mine.migrate(CHANGED)
    words = ("db_sync", "--skip-migrations")
    printed, code = at_a_terminal(mine.project, *words, answer=answer)
    assert "Was posts renamed to articles? [y/N]" in printed
    assert code == 0
    assert ("class Article(" in mine.text()) == (answer == "n")
    assert "class Essay(" in mine.text()


FAMILY = f"""{MINE}

class LongEssay(Essay):
    pages = models.IntegerField()

    class Meta:
        db_table = "long_essays"
"""


def test_what_refers_to_a_table_that_may_be_renamed_waits_with_it(mine: Changes) -> None:
    mine.migrate(
        'with schema.create_table("long_essays") as table:\n'
        '    table.foreign_id("essay_ptr_id", references="posts", primary_key=True)\n'
        '    table.integer("pages")'
    )
    mine.write(FAMILY)
    assert mine.differences() == {}
    mine.migrate(CHANGED)
    mine.sync()
    assert mine.text() == FAMILY
    mine.sync("--rename", "posts=articles")
    assert mine.text().replace("articles", "posts").startswith(FAMILY.partition("    tags =")[0])
    mine.assert_settled()


@pytest.mark.parametrize(
    ("column", "becomes"),
    [
        ('foreign_id("essay_ptr_id", references="tags", primary_key=True)', "points elsewhere"),
        ('big_integer("essay_ptr_id", primary_key=True)', "is gone"),
    ],
)
def test_what_links_a_class_to_its_base_is_never_edited(
    mine: Changes, column: str, becomes: str
) -> None:
    mine.migrate(
        'with schema.create_table("long_essays") as table:\n'
        f'    table.{column}\n    table.integer("pages")'
    )
    mine.write(FAMILY)
    message = f"essay_ptr: the foreign key {becomes}; it links the class to its base."
    assert f"by hand: blog.LongEssay.{message}" in mine.sync()
    assert mine.text() == FAMILY
