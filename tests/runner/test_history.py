from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connections, transaction

from kit_django.exceptions import HistoryError
from kit_django.runner import who
from kit_django.runner.history import History, NotClaimed
from kit_django.runner.history_table import HistoryRow

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from pytest_django import DjangoAssertNumQueries, Settings


@pytest.fixture
def history(connection: BaseDatabaseWrapper) -> History:
    history = History(connection)
    history.create()
    return history


def only(history: History) -> HistoryRow:
    (row,) = history.rows()
    return row


def test_a_claimed_row_is_unfinished_until_it_is_finished(history: History) -> None:
    row_id = history.claim("a", 3, "c" * 64)
    noted = {"environment": "production", "host": who.host(), "username": who.username()}
    assert only(history) == HistoryRow(row_id, "a", 3, "c" * 64, None, 0, None, **noted)
    assert only(history).is_claimed
    history.finish(row_id, 1234)
    finished = only(history)
    assert not finished.is_claimed
    assert (finished.duration_ms, finished.batch) == (1234, 3)


@pytest.mark.parametrize("use_tz", [True, False])
def test_the_time_is_the_databases_own_in_utc(
    history: History, use_tz: bool, settings: Settings
) -> None:
    settings.USE_TZ = use_tz
    settings.TIME_ZONE = "Asia/Tokyo"
    connections["default"].close()
    history.finish(history.claim("a", 1, "c"), 1)
    applied_at = only(history).applied_at
    assert applied_at is not None
    assert abs(applied_at - datetime.now(UTC)) < timedelta(minutes=5)


def test_a_name_can_be_claimed_once(history: History) -> None:
    history.claim("a", 1, "c")
    with pytest.raises(NotClaimed) as refused:
        history.claim("a", 1, "c")
    assert history.explain(refused.value) == only(history)


def refused(history: History, name: str) -> str:
    with pytest.raises(NotClaimed) as not_claimed:
        history.claim(name, 1, "c")
    with pytest.raises(HistoryError) as raised:
        history.explain(not_claimed.value)
    return str(raised.value)


def test_a_column_that_must_have_a_value_is_no_other_runner(
    history: History, connection: BaseDatabaseWrapper
) -> None:
    history.claim("a", 1, "c")
    execute(connection, "DROP TABLE kit_migrations")
    extra = ", tenant varchar(20) NOT NULL)"
    execute(connection, history.create_sql().rstrip().removesuffix(")") + extra)
    message = refused(history, "b")
    assert "does not take the row of migration b, and has none of that name" in message
    assert "columns that this release does not know: tenant" in message


@pytest.mark.databases("postgresql")
def test_a_numbering_that_is_behind_is_no_other_runner(
    history: History, connection: BaseDatabaseWrapper
) -> None:
    execute(
        connection,
        "INSERT INTO kit_migrations (id, name, batch, checksum, statements) VALUES"
        " (1, 'a', 1, 'c', 0), (2, 'b', 1, 'c', 0)",
    )
    message = refused(history, "d")
    assert "Its numbering is behind its newest id, 2." in message
    execute(connection, message.partition("Run: ")[2])
    history.claim("d", 1, "c")


@pytest.mark.databases("mysql")
@pytest.mark.parametrize("twin", ["A_B", "a_b "])
def test_a_name_that_differs_by_case_or_a_blank_is_no_other_runner(
    history: History, twin: str
) -> None:
    history.claim(twin, 1, "c")
    assert f"Its row {twin!r} counts as the same name there" in refused(history, "a_b")


def test_a_write_that_changes_no_row_is_an_error(history: History) -> None:
    row_id = history.claim("a", 1, "c")
    history.finish(row_id, 1)
    row = only(history)
    history.remove(row_id)
    for write in (
        lambda: history.finish(row_id, 1),
        lambda: history.begin_statement(row_id, 2),
        lambda: history.restore(row),
        lambda: history.accept(row, "d"),
        lambda: history.remove(row_id),
    ):
        with pytest.raises(HistoryError, match=f"did not change its row with id {row_id}"):
            write()


def test_a_view_in_its_place_is_a_clear_error(connection: BaseDatabaseWrapper) -> None:
    execute(connection, "CREATE VIEW kit_migrations AS SELECT 1 AS id")
    for ask in (History(connection).exists, History(connection).rows):
        with pytest.raises(HistoryError, match="'kit_migrations' is a view"):
            ask()


def test_a_table_of_an_older_form_says_what_it_lacks(connection: BaseDatabaseWrapper) -> None:
    execute(connection, "CREATE TABLE kit_migrations (id integer, name varchar(9), batch integer)")
    with pytest.raises(HistoryError, match="It lacks applied_at, checksum, duration_ms, environ"):
        History(connection).rows()


@pytest.mark.databases("sqlite", "mysql")
def test_a_time_that_is_none_is_not_taken_for_a_failed_migration(
    history: History, connection: BaseDatabaseWrapper
) -> None:
    history.claim("a", 1, "c")
    if connection.vendor == "mysql":
        execute(connection, "SET sql_mode = ''")
        execute(connection, "UPDATE kit_migrations SET applied_at = '0000-00-00'")
    else:
        execute(connection, "UPDATE kit_migrations SET applied_at = 'yesterday'")
    with pytest.raises(HistoryError, match=r"has an applied_at.* that is no time"):
        history.rows()


@pytest.mark.databases("sqlite", "postgresql")
def test_a_time_that_cannot_be_read_is_a_clear_error(
    history: History, connection: BaseDatabaseWrapper
) -> None:
    history.claim("a", 1, "c")
    time = "2024-99-99 00:00:00" if connection.vendor == "sqlite" else "infinity"
    execute(connection, f"UPDATE kit_migrations SET applied_at = '{time}'")
    with pytest.raises(HistoryError, match=r"cannot be read|that is no time"):
        history.rows()


def execute(connection: BaseDatabaseWrapper, sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_rows_come_in_the_order_of_application(history: History) -> None:
    for name in ("b", "c", "a"):
        history.claim(name, 1, "c")
    assert [row.name for row in history.rows()] == ["b", "c", "a"]


def test_reading_is_one_query(
    history: History,
    connection: BaseDatabaseWrapper,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    history.claim("a", 1, "c")
    with django_assert_num_queries(1, connection=connection):
        history.rows()


def test_no_table_is_an_empty_history(connection: BaseDatabaseWrapper) -> None:
    assert History(connection).rows() == ()
    assert not History(connection).exists()


def test_no_table_breaks_no_transaction_of_the_callers(connection: BaseDatabaseWrapper) -> None:
    with transaction.atomic():
        assert History(connection).rows() == ()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")


def test_a_table_of_another_shape_is_a_clear_error(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kit_migrations (id integer, app varchar(10))")
    with pytest.raises(HistoryError, match="'kit_migrations' cannot be read") as raised:
        History(connection).rows()
    assert 'KIT["HISTORY_TABLE"]' in str(raised.value)
    assert "\n" not in str(raised.value)


def test_the_table_has_the_name_that_the_settings_say(
    connection: BaseDatabaseWrapper, settings: Settings
) -> None:
    settings.KIT = {"HISTORY_TABLE": "schema_history"}
    History(connection).create()
    assert connection.introspection.table_names() == ["schema_history"]
    assert History(connection).exists()


def test_an_applied_row_is_reopened_once_and_restored(history: History) -> None:
    history.finish(history.claim("a", 1, "c"), 5)
    row = only(history)
    assert history.reopen(row)
    assert only(history).is_claimed
    assert only(history).was_applied
    assert not history.reopen(row)
    history.restore(row)
    assert only(history) == row


def test_the_statement_under_way_is_kept(history: History) -> None:
    row_id = history.claim("a", 1, "c")
    history.begin_statement(row_id, 7)
    assert only(history).statements == 7


def test_a_failed_row_that_is_accepted_is_applied_now(history: History) -> None:
    history.claim("a", 1, "old")
    history.accept(only(history), "new")
    row = only(history)
    assert (row.is_failed, row.checksum, row.duration_ms) == (False, "new", 0)


def test_an_applied_row_that_is_accepted_keeps_its_time(history: History) -> None:
    history.finish(history.claim("a", 1, "old"), 5)
    before = only(history)
    history.accept(before, "new")
    assert only(history).applied_at == before.applied_at
    assert only(history).checksum == "new"


def test_a_removed_row_is_gone(history: History) -> None:
    history.remove(history.claim("a", 1, "c"))
    assert history.rows() == ()


def test_the_sql_for_people_does_what_the_methods_do(connection: BaseDatabaseWrapper) -> None:
    history = History(connection)
    with connection.cursor() as cursor:
        cursor.execute(history.create_sql())
        cursor.execute(history.claim_sql("it's", 2, "c"))
        row = only(history)
        assert (row.name, row.batch, row.checksum, row.is_failed) == ("it's", 2, "c", False)
        cursor.execute(history.remove_sql("it's"))
    assert history.rows() == ()


def test_a_copy_that_has_lost_its_keys_is_a_clear_error(
    history: History, connection: BaseDatabaseWrapper
) -> None:
    history.claim("a", 1, "c")
    execute(connection, "CREATE TABLE copied AS SELECT * FROM kit_migrations")
    execute(connection, "DROP TABLE kit_migrations")
    execute(connection, "ALTER TABLE copied RENAME TO kit_migrations")
    with pytest.raises(HistoryError, match="does not number its rows: it has lost its keys"):
        history.claim("b", 1, "c")
    execute(connection, "DELETE FROM kit_migrations WHERE name <> 'a'")
    execute(connection, "INSERT INTO kit_migrations SELECT * FROM kit_migrations")
    with pytest.raises(HistoryError, match="has 2 rows of migration a"):
        history.rows()


def test_a_batch_beyond_all_numbers_is_a_clear_error(history: History) -> None:
    with pytest.raises(NotClaimed) as refusal:
        history.claim("a", 2**63, "c")
    with pytest.raises(HistoryError, match="does not take the row of migration a"):
        history.explain(refusal.value)
