"""What a migration sets in its session reaches neither the next migration nor the history."""

from __future__ import annotations

import json
import operator
from typing import TYPE_CHECKING

import pytest

from tests.runner.conftest import creates

if TYPE_CHECKING:
    from tests.runner.conftest import Migrations

A, B, C = "20240101120000_a", "20240101120001_b", "20240101120002_c"
POSTGRESQL = {
    "application_name": "'x'",
    "array_nulls": "off",
    "backend_flush_after": "'8kB'",
    "backslash_quote": "on",
    "bytea_output": "'escape'",
    "check_function_bodies": "off",
    "client_encoding": "'LATIN1'",
    "client_min_messages": "'error'",
    "commit_delay": "9",
    "commit_siblings": "9",
    "constraint_exclusion": "off",
    "cpu_tuple_cost": "9",
    "cursor_tuple_fraction": "0.9",
    "DateStyle": "'SQL, DMY'",
    "deadlock_timeout": "90000",
    "default_tablespace": "''",
    "default_text_search_config": "'simple'",
    "default_transaction_deferrable": "on",
    "default_transaction_isolation": "'serializable'",
    "default_transaction_read_only": "on",
    "effective_cache_size": "'9MB'",
    "enable_hashjoin": "off",
    "enable_indexscan": "off",
    "enable_nestloop": "off",
    "enable_partition_pruning": "off",
    "enable_seqscan": "off",
    "escape_string_warning": "off",
    "extra_float_digits": "0",
    "from_collapse_limit": "9",
    "geqo": "off",
    "gin_fuzzy_search_limit": "5",
    "hash_mem_multiplier": "9",
    "idle_in_transaction_session_timeout": "90000",
    "idle_session_timeout": "90000",
    "IntervalStyle": "'iso_8601'",
    "jit": "off",
    "join_collapse_limit": "9",
    "lc_messages": "'C'",
    "lc_monetary": "'C'",
    "lc_numeric": "'C'",
    "lc_time": "'C'",
    "lo_compat_privileges": "on",
    "lock_timeout": "90000",
    "log_min_messages": "'fatal'",
    "maintenance_work_mem": "'2MB'",
    "max_parallel_workers_per_gather": "0",
    "my.own_setting": "'x'",
    "parallel_tuple_cost": "9",
    "password_encryption": "'md5'",
    "plan_cache_mode": "'force_custom_plan'",
    "quote_all_identifiers": "on",
    "random_page_cost": "9",
    "row_security": "off",
    "search_path": "pg_catalog",
    "seq_page_cost": "9",
    "session_replication_role": "replica",
    "standard_conforming_strings": "off",
    "statement_timeout": "90000",
    "synchronous_commit": "off",
    "temp_buffers": "'9MB'",
    "temp_file_limit": "'9GB'",
    "TimeZone": "'Asia/Tokyo'",
    "timezone_abbreviations": "'India'",
    "track_activities": "off",
    "track_functions": "'all'",
    "transform_null_equals": "on",
    "vacuum_cost_delay": "9",
    "work_mem": "'1MB'",
    "xmloption": "document",
    "role": "pg_monitor",
}
MYSQL = {
    "autocommit": "1",
    "big_tables": "1",
    "bulk_insert_buffer_size": "99",
    "character_set_client": "latin1",
    "character_set_connection": "latin1",
    "character_set_database": "latin1",
    "character_set_results": "latin1",
    "character_set_server": "latin1",
    "check_constraint_checks": "0",
    "collation_connection": "latin1_general_ci",
    "completion_type": "'CHAIN'",
    "default_regex_flags": "'DOTALL'",
    "default_storage_engine": "MyISAM",
    "default_tmp_storage_engine": "MyISAM",
    "default_week_format": "3",
    "div_precision_increment": "9",
    "eq_range_index_dive_limit": "9",
    "foreign_key_checks": "0",
    "group_concat_max_len": "9",
    "histogram_size": "9",
    "idle_transaction_timeout": "99",
    "innodb_lock_wait_timeout": "9",
    "innodb_strict_mode": "0",
    "insert_id": "77",
    "interactive_timeout": "99",
    "join_buffer_size": "9999",
    "join_cache_level": "1",
    "keep_files_on_create": "1",
    "lc_messages": "'de_DE'",
    "lc_time_names": "'de_DE'",
    "lock_wait_timeout": "99",
    "long_query_time": "9",
    "low_priority_updates": "1",
    "max_error_count": "9",
    "max_heap_table_size": "16384",
    "max_join_size": "999",
    "max_length_for_sort_data": "99",
    "max_recursive_iterations": "9",
    "max_seeks_for_key": "9",
    "max_session_mem_used": "99999999",
    "max_sort_length": "64",
    "max_sp_recursion_depth": "9",
    "max_statement_time": "99",
    "min_examined_row_limit": "9",
    "net_read_timeout": "99",
    "net_retry_count": "9",
    "net_write_timeout": "99",
    "old_mode": "'NO_PROGRESS_INFO'",
    "optimizer_prune_level": "0",
    "optimizer_search_depth": "3",
    "optimizer_switch": "'mrr=on'",
    "optimizer_use_condition_selectivity": "1",
    "profiling": "1",
    "read_buffer_size": "16384",
    "read_rnd_buffer_size": "9999",
    "session_track_schema": "0",
    "sort_buffer_size": "9999",
    "sql_auto_is_null": "1",
    "sql_big_selects": "0",
    "sql_buffer_result": "1",
    "sql_log_bin": "0",
    "sql_mode": "'ANSI_QUOTES'",
    "sql_notes": "0",
    "sql_quote_show_create": "0",
    "sql_safe_updates": "1",
    "sql_select_limit": "1",
    "sql_warnings": "1",
    "standard_compliant_cte": "0",
    "system_versioning_alter_history": "'KEEP'",
    "time_zone": "'+05:00'",
    "tmp_table_size": "9999",
    "tx_isolation": "'SERIALIZABLE'",
    "tx_read_only": "1",
    "unique_checks": "0",
    "updatable_views_with_limit": "0",
    "use_stat_tables": "'NEVER'",
    "wait_timeout": "99",
}
SQLITE = {
    "analysis_limit": "9",
    "automatic_index": "0",
    "busy_timeout": "77",
    "cache_size": "7",
    "cache_spill": "0",
    "cell_size_check": "1",
    "checkpoint_fullfsync": "1",
    "defer_foreign_keys": "1",
    "empty_result_callbacks": "1",
    "foreign_keys": "0",
    "full_column_names": "1",
    "fullfsync": "1",
    "ignore_check_constraints": "1",
    "journal_mode": "MEMORY",
    "journal_size_limit": "9",
    "legacy_alter_table": "1",
    "max_page_count": "99999",
    "mmap_size": "99999",
    "query_only": "1",
    "read_uncommitted": "1",
    "recursive_triggers": "1",
    "reverse_unordered_selects": "1",
    "secure_delete": "1",
    "short_column_names": "0",
    "synchronous": "0",
    "temp_store": "2",
    "threads": "2",
    "trusted_schema": "0",
    "wal_autocheckpoint": "9",
    "writable_schema": "1",
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


def reaches_nothing(migrations: Migrations, sets: str, asks: str, attributes: str) -> int:
    """How many of the answers were others in the migration that set what is asked for."""
    migrations.write(A, asks, attributes=attributes)
    migrations.migrate()
    migrations.write(B, f"{sets}\n{asks}", attributes=attributes)
    migrations.write(C, asks, attributes=attributes)
    migrations.migrate()
    before, within, after = (
        json.loads((migrations.folder / f"{name}.json").read_text()) for name in (A, B, C)
    )
    assert after == before
    assert len(migrations.applied()) == 3
    return sum(map(operator.ne, before, within))


ATTRIBUTES = pytest.mark.parametrize("attributes", ["atomic = True", "atomic = False"])


@ATTRIBUTES
@pytest.mark.databases("postgresql")
def test_no_setting_of_postgresql_reaches_the_next(migrations: Migrations, attributes: str) -> None:
    objects = [
        "CREATE TEMP TABLE hidden (id int)",
        "PREPARE hidden AS SELECT 1",
        "LISTEN hidden",
        "DECLARE hidden CURSOR WITH HOLD FOR SELECT 1",
        "SELECT pg_advisory_lock(77)",
    ]
    looked = [
        "to_regclass('pg_temp.hidden')",
        "count(*) FROM pg_prepared_statements WHERE name = 'hidden'",
        "count(*) FROM pg_listening_channels()",
        "count(*) FROM pg_cursors WHERE name = 'hidden'",
        (
            "count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database "
            "WHERE locktype = 'advisory' AND objid = 77 AND datname = current_database()"
        ),
        "current_user",
    ]
    if attributes == "atomic = True":
        del objects[2], looked[2]  # what is listened to is known once it is committed
    made = [f"schema.run_sql({each!r})" for each in objects]
    sets = "\n".join([*made, written(POSTGRESQL, "SET {} = {}")])
    settings = [f"current_setting('{name}', true)" for name in POSTGRESQL]
    asks = looks(dict.fromkeys([*settings, *looked], ""), "SELECT {}")
    assert reaches_nothing(migrations, sets, asks, attributes) >= 70


@pytest.mark.databases("mysql")
def test_no_setting_of_mysql_reaches_the_next(migrations: Migrations) -> None:
    others = [
        "CREATE TEMPORARY TABLE hidden (id int)",
        "PREPARE hidden FROM 'SELECT 1'",
        "SET @own = 7",
        "DO GET_LOCK('hidden', 1)",
        "USE information_schema",
    ]
    sets = "\n".join(
        [
            "cursor = schema.cursor()",
            *(f"cursor.execute({each!r})" for each in others),
            *(f"cursor.execute({f'SET SESSION {n} = {v}'!r})" for n, v in MYSQL.items()),
        ]
    )
    names = [*(f"@@session.{name}" for name in MYSQL), "@own", "DATABASE()"]
    names += ["IS_USED_LOCK('hidden') = CONNECTION_ID()"]
    asks = looks(dict.fromkeys(names, ""), "SELECT {}")
    assert reaches_nothing(migrations, sets, asks, "") >= 75


@ATTRIBUTES
@pytest.mark.databases("sqlite")
def test_no_setting_of_sqlite_reaches_the_next(migrations: Migrations, attributes: str) -> None:
    settings = dict(SQLITE)
    if attributes == "atomic = True":
        for name in ("query_only", "temp_store", "synchronous"):  # none in a transaction
            del settings[name]
    else:
        del settings["query_only"]
    sets = "\n".join(
        [
            written(settings, "PRAGMA {} = {}"),
            "schema.run_sql('CREATE TEMP TABLE hidden (id)')",
            "schema.run_sql('PRAGMA case_sensitive_like = 1')",
        ]
    )
    asked = [f"PRAGMA {name}" for name in SQLITE]
    asked += ["PRAGMA temp.table_list", "SELECT 'a' LIKE 'A'"]
    asks = looks(dict.fromkeys(asked, ""), "{}")
    assert reaches_nothing(migrations, sets, asks, attributes) >= 20


@pytest.mark.databases("mysql")
def test_a_migration_that_goes_to_another_database_is_on_record(migrations: Migrations) -> None:
    own = migrations.connection.settings_dict["NAME"]
    goes = "schema.run_sql('USE information_schema')"
    writes = f"schema.run_sql('CREATE TABLE `{own}`.away (id int)')"
    migrations.write(A, f"{goes}\n{writes}\nschema.execute('SELECT 1')")
    migrations.write(B, creates("b"))
    migrations.migrate()
    assert migrations.tables == {"away", "b"}
    assert len(migrations.applied()) == 2


@pytest.mark.databases("postgresql")
def test_a_migration_that_goes_to_another_schema_is_on_record(migrations: Migrations) -> None:
    goes = "schema.run_sql('CREATE SCHEMA aside')\nschema.run_sql('SET search_path = aside')"
    writes = "schema.run_sql('CREATE TABLE away (id int)')"
    migrations.write(A, f"{goes}\n{writes}", attributes="atomic = False")
    migrations.write(B, creates("b"))
    migrations.migrate()
    assert "b" in migrations.tables
    assert len(migrations.applied()) == 2
    with migrations.connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA aside CASCADE")


@pytest.mark.databases("postgresql")
@pytest.mark.parametrize("as_one", [False, True])
def test_what_a_function_sets_under_kits_own_statement_is_put_back(
    migrations: Migrations, as_one: bool
) -> None:
    """Nothing of it was SQL of the writer's: the row of the history is written without a look before."""
    sets = "SELECT length(set_config('search_path', 'pg_catalog', false))"
    migrations.execute(
        "CREATE TABLE people (id int); INSERT INTO people VALUES (1);"
        f"CREATE FUNCTION sets() RETURNS int VOLATILE LANGUAGE sql AS $${sets}$$"
    )
    adds = (
        "from django.db.models import Func\n"
        "with schema.alter_table('people') as table:\n"
        "    table.integer('number', default=Func(function='sets'))"
    )
    migrations.write(A, adds)
    migrations.write(B, creates("b"))
    migrations.migrate(single_transaction=as_one)
    assert migrations.execute("SELECT number FROM public.people") == [(10,)]
    assert "b" in migrations.tables
    assert len(migrations.applied()) == 2
