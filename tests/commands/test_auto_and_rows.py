"""make_migration --auto where there are rows: what they lose is named, and what is in the way found first."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.commands.terminal import at_a_terminal
from tests.commands.test_make_migration_auto import (
    assert_in_step,
    auto,
    begun,
    last,
    migrations,
    model,
    write_models,
)

if TYPE_CHECKING:
    from tests.projects import Project

PLAIN = "name = models.CharField(max_length=40)\nage = models.IntegerField(null=True)"
ROWS = """
from blog.models import Author
Author.objects.create(name="x", age=1)
Author.objects.create(name="X")
"""


def constraint(text: str) -> str:
    return f"constraints = [models.{text}]"


def test_a_renamed_table_is_counted_by_the_name_that_it_has(project: Project) -> None:
    begun(project, model(PLAIN), ROWS.replace("X", "y"))
    said = ("--no-input", "--rename", "blog_author=blog_writer")
    write_models(project, model(PLAIN.replace("null=True", ""), name="Writer"))
    result = auto(project, *said, check=1)
    assert "blog_author.age cannot be null in the models, and 1 row has no value" in result.stderr
    unique = model(PLAIN.replace("=40", "=20, unique=True"), name="Writer")
    write_models(project, unique.replace("null=True", "default=7"))
    result = auto(project, *said, check=1)
    assert "blog_author.name: its type changes from" in result.stderr
    assert "(2 rows)" in result.stderr
    auto(project, *said, "--force")
    project.run("migrate", check=0)
    assert_in_step(project)
    shown = (
        "from blog.models import Writer; print(*Writer.objects.order_by('id').values_list('age'))"
    )
    assert project.run("shell", "-v", "0", "-c", shown, check=0).lines == ["(1,) (7,)"]


def test_a_check_is_not_dropped_unasked_beside_another_change(project: Project) -> None:
    check = constraint('CheckConstraint(condition=models.Q(age__gte=1), name="grown")')
    begun(project, model(PLAIN, meta=check), ROWS)
    write_models(project, model(PLAIN.replace("=40", "=50")))
    result = auto(project, "--no-input", check=2)
    assert "--drop blog_author.grown" in result.stderr
    auto(project, "--no-input", "--drop", "blog_author.grown")
    project.run("migrate", check=0)
    assert_in_step(project)


@pytest.mark.parametrize(
    ("fields", "meta", "told"),
    [
        (
            "\nn = models.IntegerField(default=1)",
            'UniqueConstraint(fields=["n"], name="one")',
            "alike in (n), which is to be unique: 2 row(s), such as",
        ),
        (
            "",
            'UniqueConstraint(models.functions.Lower("name"), name="one")',
            "), which is to be unique: 2 row(s), such as",
        ),
        (
            "\nn = models.IntegerField(default=1)",
            'UniqueConstraint(fields=["n"], condition=models.Q(name__gt=""), name="one")',
            "alike in (n), which is to be unique: 2 row(s), such as",
        ),
    ],
)
def test_rows_in_the_way_of_a_unique_are_found_first(
    project: Project, fields: str, meta: str, told: str
) -> None:
    if "condition" in meta and not project.connection.features.supports_partial_indexes:
        pytest.skip("it has no partial indexes")
    if "Lower" in meta and not project.connection.features.supports_expression_indexes:
        pytest.skip("it has no indexes of expressions")
    begun(project, model(PLAIN), ROWS)
    source = model(PLAIN + fields, meta=constraint(meta))
    write_models(
        project,
        source.replace("import models", "import models\nimport django.db.models.functions", 1),
    )
    assert told in auto(project, "--no-input", check=1).stderr
    assert len(migrations(project)) == 1


def test_rows_in_the_way_are_found_though_the_column_changes_too(project: Project) -> None:
    begun(project, model(PLAIN), ROWS.replace("X", "x"))
    write_models(project, model(PLAIN.replace("=40", "=50, unique=True")))
    told = auto(project, "--no-input", check=1).stderr
    assert "alike in (name), which is to be unique: 2 row(s)" in told


def test_rows_in_the_way_of_a_new_key_are_found_first(project: Project) -> None:
    plain = "of = models.BigIntegerField(null=True, db_column='of_id')"
    begun(project, model(plain), "from blog.models import Author; Author.objects.create(of=99)")
    key = "of = models.ForeignKey('self', models.CASCADE, null=True)"
    write_models(project, model(key))
    told = auto(project, "--no-input", check=1).stderr
    assert "point by (of_id) to no row of 'blog_author': 1 row(s), such as" in told
    assert len(migrations(project)) == 1


def test_rows_get_any_default_of_python(project: Project) -> None:
    begun(
        project,
        model(
            "name = models.CharField(max_length=40, null=True)\n"
            "length = models.DurationField(null=True)\nkey = models.UUIDField(null=True)"
        ),
        "from blog.models import Author; Author.objects.create()",
    )
    source = model(
        r"""name = models.CharField(max_length=40, default="a'b\\c%s\n")
        length = models.DurationField(default=datetime.timedelta(days=-1, seconds=3))
        key = models.UUIDField(default=uuid.UUID(int=5))
        own = models.DurationField(default=datetime.timedelta(days=-1, seconds=3))"""
    )
    write_models(project, f"import datetime\nimport uuid\n\n{source}")
    auto(project)
    project.run("migrate", check=0)
    assert_in_step(project)
    shown = "from blog.models import Author; print(Author.objects.values_list().get()[1:])"
    [row] = project.run("shell", "-v", "0", "-c", shown, check=0).lines
    length = "datetime.timedelta(days=-1, seconds=3)"
    assert row == (
        rf'("a\'b\\c%s\n", {length}, UUID(\'00000000-0000-0000-0000-000000000005\'), {length})'
    ).replace("\\'", "'")


def test_a_key_that_is_no_big_number_is_said_once(project: Project) -> None:
    begun(project, model("id = models.AutoField(primary_key=True)\nname = models.TextField()"))
    assert "table.primary_key" not in last(project)
    assert_in_step(project)


def test_a_check_of_a_constraint_is_not_taken_for_that_of_a_field(project: Project) -> None:
    check = constraint('CheckConstraint(condition=models.Q(age__gte=0), name="grown")')
    begun(project, model(PLAIN, meta=check))
    assert_in_step(project)


def test_the_end_of_input_is_no_yes(project: Project) -> None:
    begun(project, model(PLAIN), ROWS)
    write_models(project, model("name = models.CharField(max_length=40)"))
    said, code = at_a_terminal(project, "make_migration", "--auto", answer="\x04")
    assert code == 1
    assert "Nothing was written." in said
    assert "Traceback" not in said


def test_a_name_is_no_pattern_of_another(project: Project) -> None:
    begun(project, model(PLAIN, meta='db_table = "a[b]"'))
    write_models(project, "from django.db import models\n")
    auto(project, "--no-input", "--drop", "a[b]")
    project.run("migrate", check=0)
    assert_in_step(project)


@pytest.mark.databases("sqlite")
def test_a_migration_of_another_database_says_so(project: Project) -> None:
    project.configure(
        'DATABASES["other"] = {**DATABASES["default"], "NAME": str(BASE_DIR / "other.sqlite3")}'
    )
    write_models(project, model(PLAIN))
    told = json.loads(auto(project, "--database", "other", "--format", "json").stdout)
    assert '    database = "other"\n' in told["source"]
    project.run("migrate", "--database", "other", check=0)
    assert auto(project, "--database", "other", "--check").code == 0
    auto(project, "--check", check=1)
    project.run("make_migration", "--from-database", "all", "--database", "other", check=0)
    assert '    database = "other"\n' in last(project)
