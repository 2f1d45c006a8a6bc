"""The names that settings.KIT gives, of classes and of fields."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.commands.test_db_sync import CLEAN, execute, models

if TYPE_CHECKING:
    from tests.projects import Project

TABLES = (
    "CREATE TABLE wp_users (usr_id integer NOT NULL PRIMARY KEY, usr_nm varchar(20) NOT NULL)",
    """
    CREATE TABLE wp_posts (
        ID integer NOT NULL PRIMARY KEY,
        post_title varchar(20) NOT NULL,
        post_author integer NOT NULL,
        name varchar(20),
        FOREIGN KEY (post_author) REFERENCES wp_users (usr_id)
    )
    """,
    "CREATE TABLE wp_ (ID integer NOT NULL PRIMARY KEY)",
    "CREATE TABLE article (id integer NOT NULL PRIMARY KEY)",
    "CREATE TABLE wp_blog_sites (id integer NOT NULL PRIMARY KEY)",
)
RULES = """
KIT["TABLE_PREFIXES"] = ["wp_", "wp_blog_"]
KIT["CLASS_NAMES"] = {"wp_posts": "Article"}
KIT["FIELD_NAMES"] = {
    "wp_posts.post_author": "writer",
    "wp_posts.post_title": "name",
    "*.usr_id": "id",
    "wp_users.usr_*": "login",
}
"""


def sync(project: Project, check: int = 0) -> None:
    project.run("db_sync", "--skip-migrations", check=check)


def classes(project: Project) -> list[str]:
    found = [line for line in models(project).splitlines() if line.startswith("class ")]
    return [line.removeprefix("class ").partition("(")[0] for line in found]


def test_prefixes_and_given_names(project: Project) -> None:
    project.configure(RULES)
    execute(project.connection, *TABLES)
    sync(project)
    # The longest prefix goes; a table's own name gives way to a name that was given.
    assert sorted(classes(project)) == ["Article", "Article2", "Site", "User", "Wp"]
    source = models(project).replace('"', "'").replace("blank=True, ", "")
    for line in (
        "    name = models.CharField(max_length=20, db_column='post_title')",
        "    name_2 = models.CharField(max_length=20, null=True, db_column='name')",
        "    writer = models.ForeignKey(",
        "    login = models.CharField(max_length=20, db_column='usr_nm')",
    ):
        assert line in source, line
    assert re.search(r" id = models\.\w+\(primary_key=True, db_column='usr_id'\)", source)
    assert project.run("check", "--database", "default", check=0).lines == [CLEAN]
    project.run("db_sync", "--skip-migrations", "--check", check=0)


def test_models_that_are_there_keep_their_names(project: Project) -> None:
    execute(project.connection, *TABLES)
    sync(project)
    before = models(project)
    project.configure(RULES)
    sync(project)
    assert models(project) == before


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ('{"CLASS_NAMES": {"posts": "Meta"}}', "gives the name 'Meta', which has a meaning"),
        ('{"FIELD_NAMES": {"posts.title": "save"}}', "gives the name 'save', which has a meaning"),
        ('{"FIELD_NAMES": {"posts.title": "a__b"}}', "must be a name in Python"),
    ],
)
def test_names_that_cannot_be_are_refused(project: Project, setting: str, message: str) -> None:
    project.configure(f"KIT |= {setting}")
    before = models(project)
    refused = project.run("db_sync", "--skip-migrations", check=1)
    assert message in refused.stderr
    assert models(project) == before


def test_classes_that_are_called_like_an_import(project: Project) -> None:
    """The import gives way: all that the file refers to by that name is what it was."""
    execute(
        project.connection,
        "CREATE TABLE raw_constraints (id integer NOT NULL PRIMARY KEY, word varchar(9) NOT NULL,"
        " CHECK (length(word) < 3))",
        "CREATE TABLE others (id integer NOT NULL PRIMARY KEY, word varchar(9) NOT NULL,"
        " CHECK (length(word) < 3))",
    )
    sync(project)
    assert {"RawConstraint", "Other"} == set(classes(project))
    assert "import RawConstraint as RawConstraint_" in models(project)
    assert project.run("check", "--database", "default", check=0).lines == [CLEAN]
    project.run("db_sync", "--skip-migrations", "--check", check=0)
