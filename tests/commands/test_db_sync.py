"""db_sync as a person calls it: on real schemas, on hostile ones, on both layouts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import django
import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from django.db.backends.base.base import BaseDatabaseWrapper

    from tests.projects import Project

QUERY_ALL = """
from django.apps import apps
for model in apps.get_app_config("blog").get_models():
    list(model.objects.all()[:1])
    print(model.__name__)
"""
CLEAN = "System check identified no issues (0 silenced)."
POSTGRESQL_APPS = 'INSTALLED_APPS += ["django.contrib.postgres"]'


def execute(connection: BaseDatabaseWrapper, *statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def models(project: Project) -> str:
    return project.file("blog/models.py").read_text(encoding="utf-8")


def query_all(project: Project) -> list[str]:
    """The names of the models, each of which has been asked for a row."""
    return project.run("shell", "-v", "0", "-c", QUERY_ALL, check=0).lines


def test_each_schema_of_the_corpus(corpus_schema: Path, project: Project) -> None:
    assert_syncs(project)


@pytest.mark.databases("postgresql")
def test_each_schema_with_the_fields_of_contrib(corpus_schema: Path, project: Project) -> None:
    project.configure(POSTGRESQL_APPS)
    assert_syncs(project)


def assert_syncs(project: Project) -> None:
    """The models import, pass the checks, can be queried, and a second sync changes nothing."""
    project.run("db_sync", "--skip-migrations", check=0)
    assert project.run("check", "--database", "default", check=0).lines == [CLEAN]
    tables = project.connection.introspection.table_names()
    assert len(query_all(project)) > min(len(tables), 10)
    first = models(project)
    again = project.run("db_sync", "--skip-migrations", check=0)
    assert again.lines[-1] == "The models are up to date."
    assert models(project) == first


def test_it_migrates_first(project: Project) -> None:
    project.migration(
        "20240101120000_create_posts_table",
        "from kit_django import Migration\n\n\n"
        "class CreatePosts(Migration):\n"
        "    def up(self, schema):\n"
        '        with schema.create_table("posts") as table:\n'
        "            table.id()\n"
        '            table.string("title", max_length=80)\n',
    )
    printed = project.run("db_sync", check=0).lines
    assert "Applying migration: 20240101120000_create_posts_table" in printed
    assert "class Post(models.Model):" in models(project)
    assert query_all(project) == ["Post"]


def test_skip_migrations_leaves_them_pending(project: Project) -> None:
    project.migration("20240101120000_create_posts_table", "raise SystemExit('not to be run')\n")
    assert project.run("db_sync", "--skip-migrations", check=0).lines == [
        "Syncing models...",
        "Migrations that are pending: 1. What they will do is not in the database yet.",
        "The models are up to date.",
    ]


def test_new_tables_are_appended_and_the_rest_stays(project: Project) -> None:
    execute(project.connection, "CREATE TABLE posts (id integer PRIMARY KEY, title varchar(20))")
    project.run("db_sync", "--skip-migrations", check=0)
    mine = models(project).replace("class Post(", "class Article(") + "\n\nLIMIT = 3  # mine\n"
    project.write("blog/models.py", mine)
    execute(project.connection, "CREATE TABLE tags (id integer PRIMARY KEY, price decimal(5, 2))")
    project.run("db_sync", "--skip-migrations", check=0)
    assert models(project).startswith(mine)
    assert query_all(project) == ["Article", "Tag"]


def test_a_package_gets_a_module_a_table(project: Project) -> None:
    project.file("blog/models.py").unlink()
    package = project.write("blog/models/__init__.py", "")
    execute(
        project.connection,
        "CREATE TABLE posts (id integer PRIMARY KEY, title varchar(20))",
        "CREATE TABLE post_tags (id integer PRIMARY KEY, post_id integer NOT NULL"
        ", FOREIGN KEY (post_id) REFERENCES posts (id))",
    )
    project.run("db_sync", "--skip-migrations", check=0)
    modules = sorted(path.name for path in package.parent.glob("*.py"))
    assert modules == ["__init__.py", "post.py", "post_tag.py"]
    assert query_all(project) == ["PostTag", "Post"]
    assert project.run("check", check=0).lines == [CLEAN]
    before = package.read_text(encoding="utf-8")
    project.run("db_sync", "--skip-migrations", check=0)
    assert package.read_text(encoding="utf-8") == before


def test_an_app_without_models_gets_a_file(project: Project) -> None:
    project.file("blog/models.py").unlink()
    execute(project.connection, "CREATE TABLE posts (id integer PRIMARY KEY)")
    project.run("db_sync", "--skip-migrations", check=0)
    assert models(project).startswith("from django.db import models\n\n\nclass Post(")


def test_patterns_divide_the_tables(project: Project) -> None:
    for name in ("shop/__init__.py", "shop/models.py"):
        project.write(name, "")
    project.configure(
        'INSTALLED_APPS += ["shop"]\nKIT = {"MODELS": {"shop": ["shop_*"], "blog": ["post*"]}}'
    )
    execute(
        project.connection,
        "CREATE TABLE posts (id integer PRIMARY KEY)",
        "CREATE TABLE shop_orders (id integer PRIMARY KEY, post_id integer NOT NULL"
        ", FOREIGN KEY (post_id) REFERENCES posts (id))",
        "CREATE TABLE stray (id integer PRIMARY KEY)",
    )
    printed = project.run("db_sync", "--skip-migrations", check=0).lines
    assert "No app takes these tables: stray." in printed
    assert 'models.ForeignKey("blog.Post"' in project.file("shop/models.py").read_text("utf-8")
    assert "class Post(" in models(project)
    assert project.run("check", check=0).lines == [CLEAN]


def test_one_table_at_a_time(project: Project) -> None:
    execute(
        project.connection,
        "CREATE TABLE posts (id integer PRIMARY KEY)",
        "CREATE TABLE tags (id integer PRIMARY KEY)",
    )
    project.run("db_sync", "--skip-migrations", "--table", "t*", check=0)
    assert query_all(project) == ["Tag"]


def test_the_report_as_json(project: Project) -> None:
    execute(project.connection, "CREATE TABLE visits (page varchar(20), hits integer)")
    printed = project.run("db_sync", "--skip-migrations", "--format", "json", check=0).stdout
    report = json.loads(printed)
    assert report["models"] == [{"table": "visits", "model": "blog.Visit"}]
    assert [(note["table"], note["kind"]) for note in report["notes"]] == [
        ("visits", "no primary key")
    ]


@pytest.mark.databases("sqlite", "postgresql")
def test_the_report_names_actions_that_django_has_not(project: Project) -> None:
    execute(
        project.connection,
        "CREATE TABLE posts (id integer PRIMARY KEY, of_id integer NOT NULL"
        ", FOREIGN KEY (of_id) REFERENCES posts (id) ON DELETE RESTRICT ON UPDATE CASCADE)",
    )
    printed = project.run("db_sync", "--skip-migrations", check=0).lines
    for action in ("ON UPDATE CASCADE", "ON DELETE RESTRICT"):
        assert f"Note on posts (of_id): not expressible: {action}." in printed


def test_the_report_says_what_django_does_not_do_with_a_composite_key(project: Project) -> None:
    execute(project.connection, "CREATE TABLE seats (a integer, b integer, PRIMARY KEY (a, b))")
    printed = project.run("db_sync", "--skip-migrations", check=0).lines
    assert "Note on seats: hint: Django's admin takes no model whose key is (a, b)." in printed


@pytest.mark.databases("postgresql")
def test_the_report_names_what_an_older_django_cannot_query(project: Project) -> None:
    execute(project.connection, 'CREATE TABLE prices (id integer PRIMARY KEY, "in$" integer)')
    printed = project.run("db_sync", "--skip-migrations", check=0).lines
    note = "Note on prices: not expressible: before 6.1 Django cannot query the name 'in$'."
    assert (note in printed) == (django.VERSION < (6, 1))


def test_views_only_when_asked(project: Project) -> None:
    execute(
        project.connection,
        "CREATE TABLE posts (id integer PRIMARY KEY)",
        "CREATE VIEW latest AS SELECT id FROM posts",
    )
    project.run("db_sync", "--skip-migrations", check=0)
    assert query_all(project) == ["Post"]
    project.run("db_sync", "--skip-migrations", "--views", check=0)
    assert query_all(project) == ["Post", "Latest"]
    assert "managed = False" in models(project)


def test_relations_to_other_installed_models(project: Project) -> None:
    project.configure('INSTALLED_APPS += ["django.contrib.contenttypes", "django.contrib.auth"]')
    project.run("migrate", check=0)
    execute(
        project.connection,
        "CREATE TABLE posts (id integer PRIMARY KEY, user_id integer NOT NULL"
        ", group_id integer NOT NULL, FOREIGN KEY (user_id) REFERENCES auth_user (id)"
        ", FOREIGN KEY (group_id) REFERENCES auth_group (id))",
    )
    project.run("db_sync", "--skip-migrations", check=0)
    assert "models.ForeignKey(\n        settings.AUTH_USER_MODEL" in models(project) or (
        "models.ForeignKey(settings.AUTH_USER_MODEL" in models(project)
    )
    assert 'models.ForeignKey("auth.Group"' in models(project)
    assert project.run("check", check=0).lines == [CLEAN]
    assert query_all(project) == ["Post"]


DJANGOS = """
from django.db import migrations


class Migration(migrations.Migration):
    pass
"""


def test_an_app_with_migrations_of_django_s_is_not_managed(project: Project) -> None:
    project.write("blog/migrations/__init__.py", "")
    project.write("blog/migrations/0001_initial.py", DJANGOS)
    execute(project.connection, "CREATE TABLE posts (id integer PRIMARY KEY)")
    project.run("db_sync", "--skip-migrations", check=0)
    assert "managed = False" in models(project)


@pytest.mark.parametrize("broken", ["class Post(:\n", "def f(:\n    pass\n"])
def test_models_that_cannot_be_read_are_an_error(project: Project, broken: str) -> None:
    execute(project.connection, "CREATE TABLE posts (id integer PRIMARY KEY)")
    project.configure('KIT = {"MODELS": {"shop": ["*"]}}\nINSTALLED_APPS += ["shop"]')
    project.write("shop/__init__.py", "")
    project.write("shop/models/__init__.py", "")
    project.write("shop/models/extra.py", broken)
    result = project.run("db_sync", "--skip-migrations", check=1)
    assert "extra.py cannot be read as Python" in result.stderr
    assert "Traceback" not in result.stderr
    assert project.file("shop/models/extra.py").read_text("utf-8") == broken


def test_an_unknown_app_is_an_error(project: Project) -> None:
    result = project.run("db_sync", "--skip-migrations", "--app", "nobody", check=1)
    assert "There is no app 'nobody'" in result.stderr
    assert "Traceback" not in result.stderr
