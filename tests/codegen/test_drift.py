"""Models of a person's own against the database: what is no difference, and what is one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.projects import Project

MIGRATION = """\
from kit_django import Migration


class Change(Migration):
    def up(self, schema):
{lines}
"""
POSTS = """\
with schema.create_table("users") as table:
    table.id()
    table.string("email", max_length=40, unique=True)
with schema.create_table("posts") as table:
    table.id()
    table.string("title", max_length=40)
    table.text("body", null=True)
    table.integer("views", default=0)
    table.foreign_id("user_id", references="users")
    table.index(["title", "views"], name="posts_by_title")
    table.unique(["user_id", "title"], name="posts_of_user")
"""
HEAD = """\
from typing import TYPE_CHECKING

from django.db import models
"""
USER = """

class User(models.Model):
    id = models.BigAutoField(primary_key=True)
    email = models.EmailField(max_length=40, unique=True)

    class Meta:
        db_table = "users"
"""
FIELDS = """\
    id = models.BigAutoField(primary_key=True)
    title = models.CharField(max_length=40)
    body = models.TextField(null=True, blank=True)
    views = models.IntegerField(db_default=0)
    user = models.ForeignKey("User", models.DO_NOTHING)
"""
META = """
    class Meta:
        db_table = "posts"
        indexes = [models.Index(fields=["title", "views"], name="posts_by_title")]
        constraints = [models.UniqueConstraint(fields=["user", "title"], name="posts_of_user")]
"""
POST = f"\n\nclass Post(models.Model):\n{FIELDS}{META}"
GENERATED = HEAD + USER + POST


class Changes:
    """A project whose database is changed by one migration after the other."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.number = 0

    def migrate(self, lines: str) -> None:
        self.plan(lines)
        self.project.run("migrate", check=0)

    def plan(self, lines: str) -> None:
        """A migration that is pending."""
        self.number += 1
        indented = "\n".join(f"        {line}" for line in lines.splitlines())
        name = f"{20240101000000 + self.number}_change"
        self.project.migration(name, MIGRATION.format(lines=indented))

    def write(self, text: str, name: str = "blog/models.py") -> None:
        self.project.write(name, text)

    def text(self, name: str = "blog/models.py") -> str:
        return self.project.file(name).read_text(encoding="utf-8")

    def sync(self, *options: str) -> list[str]:
        return self.project.run("db_sync", "--skip-migrations", *options, check=0).lines

    def differences(self) -> dict[str, str]:
        """What ``--check`` finds: the messages by model and field."""
        result = self.project.run("db_sync", "--skip-migrations", "--check", "--format", "json")
        report = json.loads(result.stdout)
        assert result.code == (0 if report["in_sync"] else 1)
        return {
            f"{each['model']}.{each['about']}": each["message"] for each in report["differences"]
        }

    def assert_settled(self) -> None:
        """The models are valid, say what the database says, and another sync leaves them alone."""
        self.project.run("check", check=0)
        before = self.text()
        assert self.differences() == {}
        assert self.sync() == ["Syncing models...", "The models are up to date."]
        assert self.text() == before


@pytest.fixture
def posts(project: Project) -> Changes:
    """The tables of users and their posts, with models for them."""
    changes = Changes(project)
    changes.migrate(POSTS)
    changes.write(GENERATED)
    return changes


OWN_CLASSES = f"""{HEAD}

class ShortField(models.CharField):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{{"max_length": 40, **kwargs}})


class PostQuerySet(models.QuerySet):
    def popular(self):
        return self.filter(views__gt=100)
{USER}

class Article(models.Model):
    class Level(models.IntegerChoices):
        LOW = 0
        HIGH = 1

    identity = models.BigAutoField(primary_key=True, db_column="id")
    heading: str = ShortField("Heading", db_column="title", validators=[])
    views = models.IntegerField(choices=Level, db_default=Level.LOW, default=Level.LOW)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="articles")
    body = models.TextField(blank=True, null=True, help_text="Long")
    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = "article"
        ordering = ["-views"]
        db_table = "posts"
        indexes = (models.Index(fields=("heading", "views"), name="posts_by_title"),)
        unique_together = [("user", "heading")]


class Popular(Article):
    class Meta:
        proxy = True
"""
BASES = f"""{HEAD}
if TYPE_CHECKING:

    class Post(models.Model):
        class Meta:
            db_table = "posts"

        nothing = models.CharField()


class Titled(models.Model):
    title = models.CharField(max_length=40)
    body = models.TextField(null=True)

    class Meta:
        abstract = True
        ordering = ["title"]


class Counting:
    def count(self):
        self.views += 1
{USER}

class Post(Counting, Titled):
    views = models.PositiveSmallIntegerField(db_default=0)
    views = models.IntegerField(db_default=0)
    user = models.ForeignKey("User", models.DO_NOTHING)
    id = models.BigAutoField(primary_key=True)
{META.replace("Meta:", "Meta(Titled.Meta):")}"""
TWINS = f"""{GENERATED}

class PostRow(models.Model):
    title = models.CharField(max_length=40)

    class Meta:
        db_table = "posts"
        managed = False
"""


@pytest.mark.parametrize(
    "source",
    [GENERATED, OWN_CLASSES, BASES, TWINS],
    ids=["as it is written", "own classes and names", "bases", "an unmanaged twin"],
)
def test_what_says_the_same_is_no_difference(posts: Changes, source: str) -> None:
    posts.write(source)
    posts.assert_settled()


def test_a_package_of_modules_is_no_difference(posts: Changes) -> None:
    posts.project.file("blog/models.py").unlink()
    posts.write(HEAD + POST, "blog/models/posts.py")
    posts.write(HEAD + USER, "blog/models/people/user.py")
    posts.write("", "blog/models/people/__init__.py")
    posts.write(
        "from .people.user import User\nfrom .posts import Post\n", "blog/models/__init__.py"
    )
    assert posts.differences() == {}
    posts.migrate('with schema.alter_table("users") as table:\n    table.string("name", null=True)')
    posts.sync()
    assert posts.text("blog/models/people/user.py") == (HEAD + USER).replace(
        "unique=True)\n",
        "unique=True)\n    name = models.CharField(max_length=255, null=True, blank=True)\n",
    )
    assert posts.text("blog/models/posts.py") == HEAD + POST
    assert posts.differences() == {}


CHANGES = [
    (
        "a type",
        'with schema.alter_table("posts") as table:\n    table.change("title").string(max_length=80)',
        "title = models.CharField(max_length=40)",
        "title = models.CharField(max_length=80)",
    ),
    (
        "another class",
        'with schema.alter_table("posts") as table:\n    table.change("body").string(max_length=80)',
        "body = models.TextField(null=True, blank=True)",
        "body = models.CharField(null=True, blank=True, max_length=80)",
    ),
    (
        "null",
        'with schema.alter_table("posts") as table:\n    table.change("body").text(null=False)',
        "body = models.TextField(null=True, blank=True)",
        "body = models.TextField(blank=True)",
    ),
    (
        "a default",
        'with schema.alter_table("posts") as table:\n    table.change("views").integer(default=7)',
        "db_default=0",
        "db_default=7",
    ),
    (
        "no default",
        'with schema.alter_table("posts") as table:\n    table.change("views").integer(default=None)',
        "views = models.IntegerField(db_default=0)",
        "views = models.IntegerField()",
    ),
    (
        "unique",
        'schema.create_index("posts", ["views"], unique=True, name="posts_views")',
        "views = models.IntegerField(db_default=0)",
        "views = models.IntegerField(db_default=0, unique=True)",
    ),
    (
        "an index",
        'schema.create_index("posts", ["views"], name="posts_views")',
        '        indexes = [models.Index(fields=["title", "views"], name="posts_by_title")]\n',
        (
            "        indexes = [\n"
            '            models.Index(fields=["title", "views"], name="posts_by_title"),\n'
            '            models.Index(fields=["views"], name="posts_views"),\n'
            "        ]\n"
        ),
    ),
    (
        "a new column",
        'with schema.alter_table("posts") as table:\n    table.date("day", null=True)',
        '    user = models.ForeignKey("User", models.DO_NOTHING)\n',
        (
            '    user = models.ForeignKey("User", models.DO_NOTHING)\n'
            "    day = models.DateField(null=True, blank=True)\n"
        ),
    ),
    (
        "a column less",
        'with schema.alter_table("posts") as table:\n    table.drop("body")',
        "    body = models.TextField(null=True, blank=True)\n",
        "",
    ),
    (
        "a column renamed",
        'with schema.alter_table("posts") as table:\n    table.rename("body", "text")',
        "body = models.TextField(null=True, blank=True)",
        'body = models.TextField(null=True, blank=True, db_column="text")',
    ),
    (
        "a relation renamed",
        'with schema.alter_table("posts") as table:\n    table.rename("user_id", "author_id")',
        'user = models.ForeignKey("User", models.DO_NOTHING)',
        'user = models.ForeignKey("User", models.DO_NOTHING, db_column="author_id")',
    ),
]


@pytest.mark.parametrize(
    ("migration", "before", "after"),
    [each[1:] for each in CHANGES],
    ids=[each[0] for each in CHANGES],
)
def test_what_differs_is_edited_and_nothing_else(
    posts: Changes, migration: str, before: str, after: str
) -> None:
    """The fields that a person wrote in the middle of it stay as they are."""
    mine = (
        GENERATED.replace("views = ", "# how often?\n    views = ") + "\n    def f( self ): pass\n"
    )
    posts.write(mine)
    posts.migrate(migration)
    posts.sync()
    assert posts.text() == mine.replace(before, after)
    posts.assert_settled()


def test_a_renamed_column_back(posts: Changes) -> None:
    posts.migrate('with schema.alter_table("posts") as table:\n    table.rename("body", "text")')
    posts.sync()
    posts.migrate('with schema.alter_table("posts") as table:\n    table.rename("text", "body")')
    posts.sync()
    assert posts.text() == GENERATED


def test_a_renamed_column_keeps_its_index_and_its_field(posts: Changes) -> None:
    posts.migrate('with schema.alter_table("posts") as table:\n    table.rename("title", "name")')
    posts.sync()
    assert posts.text() == GENERATED.replace(
        "title = models.CharField(max_length=40)",
        'title = models.CharField(max_length=40, db_column="name")',
    )
    posts.assert_settled()


def test_a_column_is_renamed_in_place_while_others_come_and_go(posts: Changes) -> None:
    posts.migrate(
        'with schema.alter_table("posts") as table:\n    table.rename("title", "name")\n'
        '    table.integer("likes", null=True)\n    table.integer("shares", null=True)'
    )
    posts.sync()
    assert 'title = models.CharField(max_length=40, db_column="name")' in posts.text()
    assert "likes = " in posts.text()
    posts.assert_settled()


def test_what_a_base_brings_is_reported_with_its_file(posts: Changes) -> None:
    posts.write(BASES)
    posts.migrate(
        'with schema.alter_table("posts") as table:\n    table.change("title").string(max_length=80)'
    )
    (message,) = posts.differences().values()
    assert "the field comes from Titled in " in message
    assert message.endswith("models.py")
    assert "by hand: blog.Post.title: " in posts.sync()[1]
    assert posts.text() == BASES


def test_a_class_of_another_app_s_module_is_reported(posts: Changes) -> None:
    posts.write("", "shared/__init__.py")
    posts.write(
        HEAD + POST.replace('db_table = "posts"', 'app_label = "blog"\n        db_table = "posts"'),
        "shared/posts.py",
    )
    posts.write(HEAD + USER + "\n\nfrom shared.posts import Post\n")
    assert posts.differences() == {}
    posts.migrate('with schema.alter_table("posts") as table:\n    table.drop("body")')
    message = "its column body is gone; the class is in shared.posts"
    assert posts.differences() == {"blog.Post.body": message}
    assert posts.sync()[1] == f"by hand: blog.Post.body: {message}."


def test_two_classes_of_a_table_are_left_alone(posts: Changes) -> None:
    twin = TWINS.replace("managed = False", "verbose_name = 'row'")
    posts.migrate('with schema.alter_table("posts") as table:\n    table.drop("body")')
    posts.write(twin)
    assert list(posts.differences()) == ["blog.Post."]
    assert "its table is also that of others (blog.Post, blog.PostRow)" in posts.sync()[1]
    assert posts.text() == twin


def test_places_that_name_what_is_gone(posts: Changes) -> None:
    posts.write(
        "def f(post):\n    return post.body\n\n\nLIST = ['-body', 'bodyguard']\n", "blog/views.py"
    )
    posts.write("Post.objects.filter(user__body__icontains=1)\n", "tools/fill.py")
    posts.write("x.body\n", ".hidden/a.py")
    posts.write("x.body(\n", "tools/broken.py")
    posts.migrate('with schema.alter_table("posts") as table:\n    table.drop("body")')
    lines = [line for line in posts.sync() if "still uses" in line]
    assert lines == [
        "blog/views.py:2 still uses the name body.",
        "blog/views.py:5 still uses the name body.",
        "tools/fill.py:1 still uses the name body.",
    ]


def test_a_new_table_stands_behind_what_it_refers_to(posts: Changes) -> None:
    posts.migrate(
        'with schema.create_table("logins") as table:\n'
        '    table.id()\n    table.foreign_id("user_id", references="users")'
    )
    posts.sync()
    text = posts.text()
    assert text.index("class User(") < text.index("class Login(") < text.index("class Post(")
    assert text.startswith(HEAD + USER)
    assert text.endswith(POST)
    posts.assert_settled()


def test_a_file_in_another_encoding_with_a_bom_and_crlf(posts: Changes) -> None:
    for encoding in ("utf-8-sig", "latin-1"):
        cookie = "" if encoding == "utf-8-sig" else f"# coding: {encoding}\n"
        source = f"{cookie}{GENERATED}# Grüße\n".replace("\n", "\r\n")
        posts.project.file("blog/models.py").write_bytes(source.encode(encoding))
        null = "" if cookie else ", null=True"
        is_null = "null=True" if null else "null=False"
        posts.migrate(
            'with schema.alter_table("posts") as table:\n'
            f'    table.change("title").string(max_length=40, {is_null})'
        )
        posts.sync()
        found = posts.project.file("blog/models.py").read_bytes()
        wanted = source.replace("(max_length=40)", f"(max_length=40{null})", 1)
        assert found == wanted.encode(encoding)


def test_models_that_cannot_be_imported_are_an_error(posts: Changes) -> None:
    broken = GENERATED + "\n\nraise RuntimeError('not today')\n"
    posts.write(broken)
    result = posts.project.run("db_sync", "--skip-migrations")
    assert result.code
    assert posts.text() == broken


def test_permissions_and_links_stay(posts: Changes) -> None:
    real = posts.project.file("elsewhere.py")
    path = posts.project.file("blog/models.py")
    path.rename(real)
    real.chmod(0o640)
    path.symlink_to(real)
    posts.migrate('with schema.alter_table("posts") as table:\n    table.drop("body")')
    posts.sync()
    assert path.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert "body" not in real.read_text(encoding="utf-8")


def in_a_package(posts: Changes) -> None:
    posts.project.file("blog/models.py").unlink()
    posts.write("# mine\n", "blog/models/__init__.py")
    posts.sync()
    assert posts.text("blog/models/__init__.py").startswith(
        "# mine\nfrom .post import Post as Post"
    )


def test_prune_takes_a_package_s_own_import_along(posts: Changes) -> None:
    in_a_package(posts)
    posts.migrate('schema.drop_table("posts")')
    assert posts.sync("--prune")[-1] == "Models synced successfully!"
    assert posts.text("blog/models/__init__.py") == "# mine\nfrom .user import User as User\n"
    assert "class Post" not in posts.text("blog/models/post.py")
    posts.project.run("check", check=0)
    assert posts.differences() == {}


def test_prune_leaves_a_class_that_the_package_uses(posts: Changes) -> None:
    in_a_package(posts)
    init = posts.text("blog/models/__init__.py") + "\nALL = [Post]\n"
    posts.write(init, "blog/models/__init__.py")
    posts.migrate('schema.drop_table("posts")')
    assert posts.sync("--prune")[1] == (
        "by hand: blog.Post: its table is gone; __init__.py imports the class."
    )
    assert posts.text("blog/models/__init__.py") == init


def test_prune_tells_who_still_uses_the_class(posts: Changes) -> None:
    posts.write("from .models import Post\n\n\nROWS = Post.objects\n", "blog/queries.py")
    posts.migrate('schema.drop_table("posts")')
    lines = [line for line in posts.sync("--prune") if "still uses" in line]
    assert lines == [
        "blog/queries.py:1 still uses the name Post.",
        "blog/queries.py:4 still uses the name Post.",
    ]
    assert posts.text() == HEAD + USER


def test_a_default_that_is_gone_takes_what_was_blank_for_it_along(project: Project) -> None:
    changes = Changes(project)
    changes.migrate(
        'with schema.create_table("posts") as table:\n    table.id()\n'
        '    table.integer("stars", default=3)'
    )
    changes.sync()
    assert "blank=True" in changes.text()
    changes.migrate(
        'with schema.alter_table("posts") as table:\n'
        '    table.change("stars").integer(default=None)'
    )
    changes.sync()
    assert "blank=True" not in changes.text()
    changes.assert_settled()
