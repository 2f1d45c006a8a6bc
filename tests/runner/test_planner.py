from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

from kit_django.exceptions import FailedMigrationWaits, HistoryError, UsageError
from kit_django.runner import planner
from kit_django.runner.files import MigrationFile
from kit_django.runner.history_table import HistoryRow

NOW = datetime(2024, 1, 1, tzinfo=UTC)


def row(number: int, name: str, batch: int = 1, *, failed: bool = False) -> HistoryRow:
    if failed:
        return HistoryRow(number, name, batch, "c", None, 1, None)
    return HistoryRow(number, name, batch, "c", NOW, 0, 5)


def file(name: str, app: str | None = None) -> MigrationFile:
    return MigrationFile(name, Path(), app)


# Applied in another order than that of their names: what counts is the id.
ROWS = (row(1, "a_first", 1), row(2, "c_third", 2), row(3, "b_second", 2), row(4, "b_same", 3))


def names(rows: tuple[HistoryRow, ...]) -> list[str]:
    return [each.name for each in rows]


def test_pending_is_what_has_no_row() -> None:
    plan = planner.plan([file("a_first"), file("d"), file("e")], ROWS[:1])
    assert [each.name for each in plan.pending] == ["d", "e"]
    assert (plan.newest, plan.batch, plan.unknown) == ("a_first", 2, ())


def test_with_no_history_all_is_pending_in_the_first_batch() -> None:
    plan = planner.plan([file("a")], ())
    assert ([each.name for each in plan.pending], plan.batch, plan.newest) == (["a"], 1, "")


def test_an_applied_migration_without_a_file_is_unknown() -> None:
    assert planner.plan([file("a_first")], ROWS).unknown == ("b_same", "b_second", "c_third")


def test_a_plan_can_be_narrowed_to_one_app() -> None:
    plan = planner.plan([file("a"), file("b", "blog")], ())
    assert [each.name for each in planner.narrow(plan, "blog").pending] == ["b"]


def test_a_failed_migration_stops_every_plan() -> None:
    with pytest.raises(FailedMigrationWaits, match=r"b_second stopped half-way") as raised:
        planner.plan([], (ROWS[0], row(2, "b_second", failed=True)))
    assert raised.value.exit_code == 4
    assert "migrate_resolve b_second --applied" in str(raised.value)
    assert "migrate_resolve b_second --rolled-back" in str(raised.value)


def test_it_is_said_which_statement_was_under_way_and_of_what() -> None:
    up = HistoryRow(1, "x", 1, "c", None, 3, None)
    down = HistoryRow(1, "x", 1, "c", None, 2, 40)
    assert planner.describe_failed(up).startswith("Migration x stopped half-way: its statement 3")
    assert planner.describe_failed(down).startswith("The rollback of migration x stopped half-way")


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (1, ["b_same"]),
        (2, ["b_same", "b_second"]),
        (10**9, ["b_same", "b_second", "c_third", "a_first"]),
    ],
)
def test_the_last_steps_go_by_id_newest_first(count: int, expected: list[str]) -> None:
    assert names(planner.last_steps(ROWS, count)) == expected


@pytest.mark.parametrize("count", [0, -1])
def test_a_number_of_steps_below_one_is_wrong_usage(count: int) -> None:
    with pytest.raises(UsageError, match=f"1 or more, not {count}"):
        planner.last_steps(ROWS, count)


def test_a_batch_is_taken_whole_newest_first() -> None:
    assert names(planner.of_batch(ROWS, 2)) == ["b_second", "c_third"]


def test_an_unknown_batch_is_an_error_that_lists_the_known() -> None:
    with pytest.raises(HistoryError, match=r"no batch 7.*: 1, 2, 3\."):
        planner.of_batch(ROWS, 7)


def test_of_an_empty_history_there_is_nothing_to_take() -> None:
    assert planner.of_batch((), 7) == ()
    assert planner.last_steps((), 3) == ()
    assert planner.everything(()) == ()


def test_to_a_name_takes_all_that_came_after_it() -> None:
    assert names(planner.after(ROWS, "c_third")) == ["b_same", "b_second"]
    assert names(planner.after(ROWS, "b_same")) == []


def test_a_unique_beginning_of_a_name_will_do() -> None:
    assert planner.find(ROWS, "c").name == "c_third"


def test_what_stands_behind_the_digits_will_do() -> None:
    rows = (row(1, "20240101120000_add_email"), row(2, "20240102120000_add_email_index"))
    assert planner.find(rows, "add_email").id == 1
    twice = (*rows, row(3, "20240103120000_add_email"))
    with pytest.raises(HistoryError, match="2 applied migrations end with 'add_email': 2024"):
        planner.find(twice, "add_email")
    with pytest.raises(HistoryError, match="No applied migration is called 'add_e'"):
        planner.find(rows, "add_e")


def test_a_whole_name_is_never_ambiguous() -> None:
    rows = (row(1, "add_email"), row(2, "add_email_index"))
    assert planner.find(rows, "add_email").id == 1


@pytest.mark.parametrize(
    ("prefix", "message"),
    [
        ("b_", "2 applied migrations begin with 'b_': b_second, b_same"),
        ("nothing", "No applied migration is called 'nothing'"),
        ("", "No applied migration is called ''"),
    ],
)
def test_a_name_that_is_not_one_migration_is_an_error(prefix: str, message: str) -> None:
    with pytest.raises(HistoryError, match=message):
        planner.find(ROWS, prefix)


def test_batches_stay_or_count() -> None:
    assert list(islice(planner.batches(4, step=False), 3)) == [4, 4, 4]
    assert list(islice(planner.batches(4, step=True), 3)) == [4, 5, 6]
