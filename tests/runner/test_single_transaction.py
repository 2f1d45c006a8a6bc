"""All that is pending in one transaction, or nothing of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from kit_django.signals import migration_started
from tests.runner.conftest import SOURCE, creates

if TYPE_CHECKING:
    from tests.projects import Project
    from tests.runner.conftest import Migrations

A, B, C = "20240101120000_a", "20240101120001_b", "20240101120002_c"


@pytest.mark.databases("sqlite", "postgresql")
def test_all_is_applied_or_nothing(migrations: Migrations) -> None:
    migrations.write(A, creates("users"))
    migrations.write(
        B, f"{creates('posts')}\nschema.run_sql(\"INSERT INTO users (name) VALUES ('x')\")"
    )
    migrations.write(C, "1 / 0")
    outcome = migrations.run("migrate", single_transaction=True)
    assert outcome.code == 1
    assert "the others went with it: nothing was applied." in outcome.error
    assert (migrations.tables, migrations.history()) == (set(), [])
    migrations.write(C, "schema.rename_table('posts', 'articles')")
    assert migrations.run("migrate", single_transaction=True).code == 0
    assert migrations.tables == {"users", "articles"}
    assert migrations.applied() == [A, B, C]


@pytest.mark.databases("sqlite", "postgresql")
def test_what_is_odd_is_said_once(migrations: Migrations) -> None:
    migrations.write(B, creates("posts"))
    migrations.migrate()
    migrations.write(A, creates("users"))
    outcome = migrations.migrate(single_transaction=True)
    assert outcome.stderr.count("Out of order") == 1, outcome.stderr


@pytest.mark.databases("sqlite", "postgresql")
def test_one_that_is_not_atomic_is_refused_before_anything_runs(migrations: Migrations) -> None:
    migrations.write(A, creates("users"))
    migrations.write(B, creates("posts"), attributes="atomic = False")
    outcome = migrations.run("migrate", single_transaction=True)
    assert outcome.code == 2
    assert f"{B} says atomic = False" in outcome.error
    assert migrations.tables == set()


@pytest.mark.databases("mysql")
def test_a_database_without_such_transactions_refuses(migrations: Migrations) -> None:
    migrations.write(A, creates("users"))
    outcome = migrations.run("migrate", single_transaction=True)
    assert outcome.code == 2
    assert "commits each statement that changes a table" in outcome.error
    assert migrations.tables == set()


@pytest.mark.databases("postgresql")
def test_rows_of_a_receiver_are_checked_before_the_next_migration(migrations: Migrations) -> None:
    """Else PostgreSQL alters no table of which checks are pending."""
    migrations.execute(
        "CREATE TABLE parents (id int PRIMARY KEY); INSERT INTO parents VALUES (1);"
        "CREATE TABLE children (id int REFERENCES parents DEFERRABLE INITIALLY DEFERRED)"
    )
    migrations.write(A, creates("users"))
    migrations.write(
        B, "with schema.alter_table('children') as table:\n    table.text('more', null=True)"
    )

    def writes(sender: type, name: str, **_about: object) -> None:
        if name == A:
            migrations.execute("INSERT INTO children VALUES (1)")

    migration_started.connect(writes)
    try:
        migrations.migrate(single_transaction=True)
    finally:
        migration_started.disconnect(writes)
    assert migrations.applied() == [A, B]


DJANGOS = {
    "0001_initial": """
    operations = [
        migrations.CreateModel("A", [("id", models.BigAutoField(primary_key=True))]),
        migrations.CreateModel(
            "B",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("a", models.ForeignKey("shop.A", models.CASCADE)),
            ],
        ),
    ]
""",
    "0002_rows": """
    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.RunSQL("INSERT INTO shop_a (id) VALUES (1)"),
        migrations.RunSQL("INSERT INTO shop_b (id, a_id) VALUES (1, 1)"),
    ]
""",
    "0003_column": """
    dependencies = [("shop", "0002_rows")]
    operations = [migrations.AddField("B", "name", models.TextField(null=True))]
""",
}
KITS = {
    A: """
        with schema.create_table("orders") as table:
            table.id()
            table.foreign_id("b_id", references="shop_b", deferrable="deferred")
        schema.run_sql("INSERT INTO orders (b_id) VALUES (1)")
""",
    B: """
        with schema.alter_table("orders") as table:
            table.string("note", null=True)
""",
}


@pytest.fixture
def mixed(project: Project) -> Project:
    """Migrations of Django's and of kit's, each of which writes rows that the next one's table is of."""
    project.configure('INSTALLED_APPS += ["shop", "django.contrib.contenttypes"]')
    project.write("shop/__init__.py", "")
    project.write("shop/migrations/__init__.py", "")
    for name, body in DJANGOS.items():
        source = f"from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):{body}"
        project.write(f"shop/migrations/{name}.py", source)
    for name, body in KITS.items():
        project.migration(name, SOURCE.format(body=f"    def up(self, schema):{body}"))
    return project


def tables(project: Project) -> set[str]:
    return set(project.connection.introspection.table_names())


@pytest.mark.databases("sqlite", "postgresql")
def test_djangos_pending_migrations_are_in_it(mixed: Project) -> None:
    mixed.migration(
        C,
        "from kit_django import Migration\n\n\nclass X(Migration):\n    def up(self, schema):\n        1 / 0\n",
    )
    failed = mixed.run("migrate", "--single-transaction", check=1)
    assert "the others went with it: nothing was applied." in failed.stderr
    assert tables(mixed) == set()
    mixed.file(f"migrations/{C}.py").unlink()
    report = json.loads(
        mixed.run("migrate", "--single-transaction", "--format", "json", check=0).stdout
    )
    assert "shop.0003_column" in report["django"]
    assert [each["name"] for each in report["applied"]] == [A, B]
    assert {"shop_b", "orders", "django_content_type", "kit_migrations"} <= tables(mixed)
    assert mixed.run("migrate", "--single-transaction", check=0).lines[-1] == (
        "Nothing to migrate."
    )


@pytest.mark.databases("sqlite", "postgresql")
@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        ("atomic = False\n    operations = []", 2, "says atomic = False"),
        ("operations = [migrations.RunSQL('SELECT nonsense')]", 1, "nonsense"),
    ],
)
def test_one_of_djangos_takes_all_the_others_along(
    mixed: Project, body: str, code: int, said: str
) -> None:
    head = "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
    needs = 'dependencies = [("shop", "0003_column")]'
    mixed.write("shop/migrations/0004_last.py", f"{head}    {needs}\n    {body}\n")
    failed = mixed.run("migrate", "--single-transaction", check=code)
    assert said in failed.stderr
    assert "shop.0004_last" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert tables(mixed) == set()
