"""The guide's table of column methods says what each database makes of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from kit_django.operations.builders.block import Said
from kit_django.operations.builders.table import TableBuilder
from kit_django.operations.changes.columns import AddColumn
from kit_django.operations.definitions.column import implied_checks, lower_column
from kit_django.operations.definitions.column_types import ColumnMethods
from kit_django.schema import facts
from kit_django.schema.catalog import Catalog
from tests.projects import REPOSITORY

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

GUIDE = (REPOSITORY / "docs" / "operations.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(?P<call>\w+\(.*\))` \| `(.+)` \| `(.+)` \| `(.+)` \|$", re.MULTILINE)
ROWS = [(match["call"], match.groups()[1:]) for match in ROW.finditer(GUIDE)]
WITHOUT_A_ROW = {
    "column",
    "generated",
    "set_of",
    "soft_deletes",
    "big_id",
    "positive_small_integer",
    "positive_integer",
    "positive_big_integer",
    "vector",
}


@pytest.mark.parametrize(("call", "types"), ROWS, ids=[call for call, _ in ROWS])
def test_a_column_method_makes_the_type_of_the_guide(
    call: str, types: tuple[str, ...], connection: BaseDatabaseWrapper
) -> None:
    columns = dict(zip(("postgresql", "mysql", "sqlite"), types, strict=True))
    assert made_by(call, connection) == columns[connection.vendor]


def made_by(call: str, connection: BaseDatabaseWrapper) -> str:
    said = Said("t", "t")
    table = TableBuilder(said)
    eval(f"table.{call}", {"table": table, "name": "x"})  # noqa: S307
    added = said.changes[0]
    assert isinstance(added, AddColumn)
    catalog = Catalog(connection)
    column = lower_column(added.name, added.spec, facts.Table("t"), catalog)
    words = [column.type]
    if column.identity:
        words.append(column.identity.kind.replace("by default", "identity"))
    so_far = facts.Table("t", (column,))
    if implied_checks(column.name, added.spec, so_far, catalog):
        words.append("+ check")
    return " ".join(words)


def test_each_column_method_has_a_row() -> None:
    listed = {call.partition("(")[0] for call, _ in ROWS}
    methods = {name for name in vars(ColumnMethods) if not name.startswith("_")}
    assert methods - WITHOUT_A_ROW == listed
