"""What a migration sets in its session reaches neither the next migration nor the history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.runner.conftest import Migrations

A, B = "20240101120000_a", "20240101120001_b"
POSTGRESQL = {
    "DateStyle": "'SQL, DMY'",
    "IntervalStyle": "'iso_8601'",
    "TimeZone": "'Asia/Tokyo'",
    "array_nulls": "off",
    "backslash_quote": "on",
    "bytea_output": "'escape'",
    "check_function_bodies": "off",
    "client_encoding": "'LATIN1'",
    "client_min_messages": "'error'",
    "constraint_exclusion": "off",
    "default_table_access_method": "'heap'",
    "default_tablespace": "''",
    "default_transaction_deferrable": "on",
    "default_transaction_isolation": "'serializable'",
    "default_transaction_read_only": "on",
    "enable_seqscan": "off",
    "extra_float_digits": "0",
    "gin_fuzzy_search_limit": "5",
    "idle_in_transaction_session_timeout": "90000",
    "lc_monetary": "'C'",
    "lock_timeout": "90000",
    "maintenance_work_mem": "'2MB'",
    "quote_all_identifiers": "on",
    "row_security": "off",
    "search_path": "pg_catalog",
    "session_replication_role": "replica",
    "standard_conforming_strings": "off",
    "statement_timeout": "90000",
    "synchronous_commit": "off",
    "transform_null_equals": "on",
    "work_mem": "'1MB'",
    "xmloption": "document",
    "role": "pg_monitor",
}
MYSQL = {
    "autocommit": "1",
    "character_set_client": "latin1",
    "character_set_connection": "latin1",
    "character_set_results": "latin1",
    "collation_connection": "latin1_general_ci",
    "completion_type": "'CHAIN'",
    "default_storage_engine": "MyISAM",
    "default_week_format": "3",
    "div_precision_increment": "9",
    "foreign_key_checks": "0",
    "group_concat_max_len": "9",
    "innodb_lock_wait_timeout": "9",
    "insert_id": "77",
    "interactive_timeout": "99",
    "lc_time_names": "'de_DE'",
    "lock_wait_timeout": "99",
    "max_join_size": "999",
    "max_sort_length": "64",
    "net_read_timeout": "99",
    "optimizer_search_depth": "3",
    "sql_auto_is_null": "1",
    "sql_big_selects": "0",
    "sql_mode": "'ANSI_QUOTES'",
    "sql_notes": "0",
    "sql_quote_show_create": "0",
    "sql_safe_updates": "1",
    "sql_select_limit": "1",
    "time_zone": "'+05:00'",
    "tx_isolation": "'SERIALIZABLE'",
    "tx_read_only": "1",
    "unique_checks": "0",
    "updatable_views_with_limit": "0",
    "wait_timeout": "99",
}
SQLITE = {
    "automatic_index": "0",
    "busy_timeout": "77",
    "cache_size": "7",
    "cell_size_check": "1",
    "defer_foreign_keys": "1",
    "foreign_keys": "0",
    "ignore_check_constraints": "1",
    "query_only": "1",
    "read_uncommitted": "1",
    "recursive_triggers": "1",
    "reverse_unordered_selects": "1",
    "synchronous": "0",
    "temp_store": "2",
    "trusted_schema": "0",
}


def written(settings: dict[str, str], how: str) -> str:
    lines = [f"schema.run_sql({how.format(name, value)!r})" for name, value in settings.items()]
    return "\n".join(lines)


def looks(settings: dict[str, str], how: str) -> str:
    return "\n".join(
        [
            "import json, pathlib",
            f"asked = {[how.format(name) for name in settings]!r}",
            "found = [str(schema.execute(sql)) for sql in asked]",
            "pathlib.Path(__file__).with_suffix('.json').write_text(json.dumps(found))",
        ]
    )


def reaches_nothing(migrations: Migrations, sets: str, asks: str, attributes: str) -> None:
    migrations.write(A, asks, attributes=attributes)
    migrations.migrate()
    before = (migrations.folder / f"{A}.json").read_text()
    migrations.write("20240101120002_c", sets, attributes=attributes)
    migrations.write("20240101120003_d", asks, attributes=attributes)
    migrations.migrate()
    assert (migrations.folder / "20240101120003_d.json").read_text() == before
    assert len(migrations.applied()) == 3


ATTRIBUTES = pytest.mark.parametrize("attributes", ["atomic = True", "atomic = False"])


@ATTRIBUTES
@pytest.mark.databases("postgresql")
def test_no_setting_of_postgresql_reaches_the_next(migrations: Migrations, attributes: str) -> None:
    sets = written(POSTGRESQL, "SET {} = {}") + "\nschema.run_sql('SET application_name = x')"
    asks = looks(POSTGRESQL, "SELECT current_setting('{}')")
    reaches_nothing(migrations, sets, asks, attributes)


@pytest.mark.databases("mysql")
def test_no_setting_of_mysql_reaches_the_next(migrations: Migrations) -> None:
    sets = "\n".join(
        [
            "cursor = schema.cursor()",
            *(f"cursor.execute({f'SET SESSION {n} = {v}'!r})" for n, v in MYSQL.items()),
            "cursor.execute('SET @own = 7')",
            "cursor.execute('USE information_schema')",
        ]
    )
    names = [*(f"@@session.{name}" for name in MYSQL), "@own", "DATABASE()"]
    asks = looks(dict.fromkeys(names, ""), "SELECT {}")
    reaches_nothing(migrations, sets, asks, "")


@ATTRIBUTES
@pytest.mark.databases("sqlite")
def test_no_setting_of_sqlite_reaches_the_next(migrations: Migrations, attributes: str) -> None:
    settings = dict(SQLITE)
    if attributes == "atomic = True":
        for name in ("query_only", "temp_store", "synchronous"):  # none in a transaction
            del settings[name]
    else:
        del settings["query_only"]
    sets = written(settings, "PRAGMA {} = {}") + "\nschema.run_sql('CREATE TEMP TABLE hidden (id)')"
    asks = looks({**SQLITE, "temp.table_list": ""}, "PRAGMA {}")
    reaches_nothing(migrations, sets, asks, attributes)
