"""Columns with other names keep their fields, whatever else happens in the same sync."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.codegen.test_drift import HEAD, Changes

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
