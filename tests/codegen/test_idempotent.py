"""Right after a sync nothing differs, and a second sync changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.codegen.test_drift import HEAD, Changes
from tests.codegen.test_values import execute

if TYPE_CHECKING:
    from tests.projects import Project

SLUGS = f"""{HEAD}

class CodeField(models.CharField):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{{"max_length": 50, "db_index": True, **kwargs}})


class Page(models.Model):
    slug = models.SlugField(max_length=50, unique=True)
    code = CodeField(unique=True)

    class Meta:
        db_table = "pages"
"""
PARENTS = f"""{HEAD}

class Page(models.Model):
    parent = models.OneToOneField("self", models.DO_NOTHING, null=True, blank=True)

    class Meta:
        db_table = "pages"
"""


def test_a_unique_goes_from_a_field_that_indexes_by_itself(project: Project) -> None:
    changes = Changes(project)
    changes.migrate(
        'with schema.create_table("pages") as table:\n    table.id()\n'
        '    table.string("slug", max_length=50)\n    table.string("code", max_length=50)\n'
        '    table.unique(["slug"], name="pages_slug")\n    table.unique(["code"], name="pages_code")'
    )
    changes.write(SLUGS)
    changes.migrate(
        'with schema.alter_table("pages") as table:\n    table.drop_unique("pages_slug")\n'
        '    table.drop_unique("pages_code")'
    )
    changes.sync()
    assert changes.text().count("db_index=False") == 2
    changes.assert_settled()


@pytest.mark.databases("sqlite", "postgresql")
def test_a_unique_goes_from_a_relation(project: Project) -> None:
    changes = Changes(project)
    changes.migrate(
        'with schema.create_table("pages") as table:\n    table.id()\n'
        '    table.foreign_id("parent_id", references="pages", null=True, index=False)\n'
        '    table.unique(["parent_id"], name="pages_parent")'
    )
    changes.write(PARENTS)
    changes.migrate(
        'with schema.alter_table("pages") as table:\n    table.drop_unique("pages_parent")'
    )
    changes.sync()
    assert "db_index=False" in changes.text()
    changes.assert_settled()


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("key", ["k text PRIMARY KEY NOT NULL", "k integer PRIMARY KEY"])
def test_a_foreign_key_without_a_type(project: Project, key: str) -> None:
    with project.connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE parents ({key})")
        cursor.execute("CREATE TABLE kids (id integer PRIMARY KEY, p REFERENCES parents)")
        cursor.execute("INSERT INTO parents VALUES (1)")
        cursor.execute("INSERT INTO kids SELECT 1, k FROM parents")
    changes = Changes(project)
    changes.sync()
    changes.assert_settled()
    query = "from blog.models import Kid; row = Kid.objects.get(); row.full_clean(); row.save()"
    follow = f"{query}; print(Kid.objects.filter(p=row.p).count())"
    assert project.run("shell", "-v", "0", "-c", follow, check=0).lines == ["1"]


@pytest.mark.databases("mysql")
@pytest.mark.parametrize("kind", ["STORED", "VIRTUAL"])
@pytest.mark.parametrize("length", [30, 300])
def test_a_unique_generated_text_brings_no_warning(
    project: Project, kind: str, length: int
) -> None:
    execute(
        project,
        "CREATE TABLE g (id int PRIMARY KEY AUTO_INCREMENT, a int NOT NULL,"
        f" s varchar({length}) AS (concat('x', a)) {kind}, UNIQUE KEY s (s))",
    )
    project.run("db_sync", "--skip-migrations", check=0)
    assert "no issues" in project.run("check", "--database", "default", check=0).stdout
    project.run("db_sync", "--skip-migrations", "--check", check=0)


LOOSE = f"""{HEAD}

class Page(models.Model):
    parent = models.ForeignKey("self", models.CASCADE, related_name="kids")

    class Meta:
        db_table = "pages"
"""


def test_a_foreign_key_goes_and_its_relation_stays(project: Project) -> None:
    changes = Changes(project)
    changes.migrate(
        'with schema.create_table("pages") as table:\n    table.id()\n'
        '    table.big_integer("parent_id", index=True)'
    )
    changes.write(LOOSE)
    assert "blog.Page.parent: the foreign key is gone." in changes.sync()
    assert "db_constraint=False" in changes.text()
    changes.assert_settled()
