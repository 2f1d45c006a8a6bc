"""A blog over six migrations, with a person at its models between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.codegen.test_drift import Changes

if TYPE_CHECKING:
    from tests.projects import Project

USERS_AND_POSTS = """\
with schema.create_table("users") as table:
    table.id()
    table.string("name", max_length=100)
    table.text("bio", null=True)
with schema.create_table("posts") as table:
    table.id()
    table.string("title", max_length=200)
    table.text("content")
    table.boolean("published", default=False)
    table.foreign_id("user_id", references="users")
"""
TAGS = """\
with schema.create_table("tags") as table:
    table.id()
    table.string("name", max_length=50, unique=True)
with schema.create_table("post_tags") as table:
    table.foreign_id("post_id", references="posts")
    table.foreign_id("tag_id", references="tags")
    table.primary_key(["post_id", "tag_id"])
with schema.alter_table("posts") as table:
    table.string("slug", max_length=80, null=True)
"""
EMAILS = """\
with schema.alter_table("users") as table:
    table.string("email", max_length=254, null=True, unique=True)
    table.change("name").string(max_length=150)
"""
NAMES = """\
with schema.alter_table("posts") as table:
    table.rename("content", "body")
with schema.alter_table("users") as table:
    table.rename("name", "full_name")
"""
INDEXES = """\
schema.create_index("posts", ["published", "user_id"], name="posts_of_user")
with schema.alter_table("posts") as table:
    table.integer("views", default=0)
    table.drop("slug")
"""
FAREWELL = """\
schema.drop_table("post_tags")
schema.drop_table("tags")
with schema.alter_table("users") as table:
    table.drop("bio")
    table.change("email").string(max_length=254, null=False, default="")
"""

FIRST = """\
from django.db import models


class Post(models.Model):
    id = models.BigAutoField(primary_key=True)
    title = models.CharField(max_length=200)
    content = models.TextField()
    published = models.BooleanField(db_default=False)
    user = models.ForeignKey("User", {action})

    class Meta:
        db_table = "posts"


class User(models.Model):
    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=100)
    bio = models.TextField(null=True, blank=True)

    class Meta:
        db_table = "users"
"""
LAST = """\
'''The blog's models.'''
from django.db import models  # noqa
from kit_django.fields import TypedIntegerField


class Article(models.Model):
    id = models.BigAutoField(primary_key=True)
    # what readers see first
    headline = models.CharField('Headline', db_column="title", max_length=200, help_text='Short.')
    content = models.TextField(db_column="body")
    published = models.BooleanField(db_default=False)
    author = models.ForeignKey("User", models.CASCADE, db_column="user_id", related_name="articles")
    views = TypedIntegerField(blank=True, db_default=0)
    # for the address

    objects = models.Manager()

    class Meta:
        db_table = "posts"
        ordering = ['-id']
        indexes = [models.Index(fields=["published", "author"], name="posts_of_user")]

    def __str__( self ): return self.headline


class User(models.Model):
    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=150, db_column="full_name")
    email = models.EmailField(max_length=254, blank=True, unique=True, db_default="")

    class Meta:
        db_table = "users"
"""


class Person:
    """Who edits the models, by finding and replacing."""

    def __init__(self, changes: Changes) -> None:
        self.changes = changes

    def edits(self, *pairs: tuple[str, str]) -> None:
        text = self.changes.text()
        for old, new in pairs:
            assert text.count(old) == 1, (old, text)
            text = text.replace(old, new)
        self.changes.write(text)
        assert self.changes.differences() == {}


def test_six_migrations_and_a_person(project: Project) -> None:
    changes = Changes(project)
    person = Person(changes)
    changes.write("")

    changes.migrate(USERS_AND_POSTS)
    changes.sync()
    assert changes.text() == FIRST.format(action="models.DO_NOTHING")
    changes.assert_settled()

    person.edits(
        ("class Post(", "class Article("),
        (
            "from django.db import models\n",
            "'''The blog's models.'''\nfrom django.db import models  # noqa\n",
        ),
        (
            "    title = models.CharField(max_length=200)\n",
            (
                "    # what readers see first\n"
                "    headline = models.CharField('Headline', db_column=\"title\", max_length=200, "
                "help_text='Short.')\n"
            ),
        ),
        (
            '    user = models.ForeignKey("User", models.DO_NOTHING)\n',
            (
                '    author = models.ForeignKey("User", models.CASCADE, db_column="user_id", '
                'related_name="articles")\n'
            ),
        ),
    )
    changes.migrate(TAGS)
    changes.sync()
    assert "    slug = models.CharField(max_length=80, null=True, blank=True)\n" in changes.text()
    assert 'tags = models.ManyToManyField("Tag", through="PostTag")' in changes.text()
    changes.assert_settled()

    person.edits(
        ("    slug = ", "    # for the address\n    slug = "),
        (
            '    class Meta:\n        db_table = "posts"\n',
            (
                "    objects = models.Manager()\n\n"
                "    class Meta:\n        db_table = \"posts\"\n        ordering = ['-id']\n\n"
                "    def __str__( self ): return self.headline\n"
            ),
        ),
    )
    changes.migrate(EMAILS)
    changes.sync()
    assert "name = models.CharField(max_length=150)\n" in changes.text()
    changes.assert_settled()

    person.edits(("email = models.CharField(", "email = models.EmailField("))
    changes.migrate(NAMES)
    assert changes.sync()[-1] == "Models synced successfully!"
    assert 'content = models.TextField(db_column="body")' in changes.text()
    changes.assert_settled()

    changes.migrate(INDEXES)
    changes.sync()
    changes.assert_settled()

    changes.migrate(FAREWELL)
    said = changes.sync()
    assert "class Tag(" in changes.text()
    assert "by hand: blog.Tag: its table is gone; --prune takes the class away." in said
    changes.sync("--prune")
    assert changes.text() == LAST
    changes.assert_settled()
