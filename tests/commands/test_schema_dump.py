"""A dump of the schema makes the same database again, and an empty one starts from it."""

from __future__ import annotations

import subprocess
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.db import connections

from kit_django.runner.dumps.seal import sealed, unsealed
from tests import databases
from tests.commands.test_adopting import UNUSUAL, without_the_servers_own
from tests.conformance.full import LISTS, MEANINGS, full
from tests.dumps import assert_same
from tests.runner.conftest import creates
from tests.schemas import by_hand, rows_of, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.db.backends.base.base import BaseDatabaseWrapper
    from pytest_django import Settings

    from tests.dumps import Judge
    from tests.runner.conftest import Migrations


@pytest.fixture
def dumps(migrations: Migrations, settings: Settings, tmp_path: Path) -> Path:
    """The dump of both databases."""
    path = tmp_path / "migrations" / "schema.sql"
    settings.KIT = {**settings.KIT, "SCHEMA_DUMP": {"default": path, "other": path}}
    return path


def dumped(migrations: Migrations, path: Path, *args: str, **options: object) -> str:
    outcome = migrations.run("schema_dump", *args, **options)
    assert outcome.code == 0, outcome.error
    return path.read_bytes().decode()


def assert_comes_back(migrations: Migrations, path: Path, dump: Judge) -> None:
    """The dump makes a database of the same dump, and of the database's own dump."""
    text = dumped(migrations, path)
    outcome = migrations.run("schema_load", database="other")
    assert outcome.code == 0, outcome.error
    assert_same(dump(connections["other"]), dump(migrations.connection), without_the_servers_own)
    assert dumped(migrations, path, database="other") == text


def test_real_schemas(
    migrations: Migrations,
    other_connection: BaseDatabaseWrapper,
    dumps: Path,
    dump: Judge,
    corpus_schema: Path,
) -> None:
    assert_comes_back(migrations, dumps, dump)


def test_everything_that_a_database_can_hold(
    migrations: Migrations, other_connection: BaseDatabaseWrapper, dumps: Path, dump: Judge
) -> None:
    run(migrations.connection, full)
    assert_comes_back(migrations, dumps, dump)


@pytest.mark.databases("postgresql")
def test_what_only_postgresql_has(
    migrations: Migrations, other_connection: BaseDatabaseWrapper, dumps: Path, dump: Judge
) -> None:
    by_hand(migrations.connection, [*UNUSUAL, *MEANINGS, *LISTS])
    assert_comes_back(migrations, dumps, dump)


@pytest.mark.databases("mysql")
def test_a_view_that_is_broken_is_not_dumped(migrations: Migrations, dumps: Path) -> None:
    by_hand(
        migrations.connection,
        ["CREATE TABLE t (a integer, b integer)", "CREATE VIEW v AS SELECT a FROM t"],
    )
    by_hand(migrations.connection, ["ALTER TABLE t DROP a"])
    outcome = migrations.run("schema_dump")
    assert (outcome.code, "view, which is broken: v" in outcome.error) == (1, True)


def blog(migrations: Migrations) -> list[str]:
    """Two migrations that have run."""
    names = migrations.create_tables("posts", "tags")
    migrations.migrate()
    return names


def forget(migrations: Migrations) -> None:
    databases.wipe(migrations.connection)


def test_an_empty_database_starts_from_the_dump_and_runs_what_is_newer(
    migrations: Migrations, dumps: Path, dump: Judge
) -> None:
    names = blog(migrations)
    dumped(migrations, dumps)
    migrations.write("20250101000000_later", up=creates("later"))
    migrations.migrate()
    expected = dump(migrations.connection)
    forget(migrations)
    outcome = migrations.migrate()
    assert outcome.lines == [
        "Running migrations...",
        f"Loading schema dump: {dumps} (in place of 2 migrations)",
        "Applying migration: 20250101000000_later",
        "All migrations completed successfully!",
    ]
    assert migrations.history() == [
        *((name, 1, True) for name in names),
        ("20250101000000_later", 2, True),
    ]
    assert_same(dump(migrations.connection), expected)
    assert migrations.migrate().lines == ["Nothing to migrate."]
    assert migrations.run("migrate_status", check=True).code == 0
    assert migrations.run("migrate_rollback", step=3).code == 0


LATER = "20250101000000_later"


def prepared(migrations: Migrations, dumps: Path, up: str) -> list[str]:
    """An empty database, a dump of two migrations, and one that is newer."""
    names = blog(migrations)
    dumped(migrations, dumps)
    migrations.write(LATER, up=up)
    forget(migrations)
    return names


def test_as_far_as_the_dump_goes_it_is_used(migrations: Migrations, dumps: Path) -> None:
    names = prepared(migrations, dumps, creates("later"))
    outcome = migrations.migrate(to=names[0])
    assert f"{names[1]}, which is newer than {names[0]}" in outcome.stderr
    assert (migrations.applied(), migrations.tables) == (names[:1], {"posts"})
    forget(migrations)
    outcome = migrations.migrate(to=names[1])
    assert ("Loading schema dump" in outcome.stdout, migrations.applied()) == (True, names)
    forget(migrations)
    migrations.migrate(to="later")
    assert migrations.applied() == [*names, LATER]


def test_who_asks_for_less_than_the_dump_makes_is_told(migrations: Migrations, dumps: Path) -> None:
    names = prepared(migrations, dumps, creates("later"))
    outcome = migrations.migrate(fake=True)
    assert "is not used: --fake makes no tables" in outcome.stderr
    assert (migrations.applied(), migrations.tables) == ([*names, LATER], set())
    forget(migrations)
    outcome = migrations.run("migrate", app_label="nowhere")
    assert "is not used: it makes the tables of all apps" in outcome.stderr


@pytest.mark.databases("sqlite", "postgresql")
def test_one_transaction_begins_behind_the_dump(migrations: Migrations, dumps: Path) -> None:
    names = prepared(migrations, dumps, creates("later"))
    outcome = migrations.migrate(single_transaction=True)
    assert ("Loading schema dump" in outcome.stdout, outcome.stderr) == (True, "")
    assert migrations.applied() == [*names, LATER]
    forget(migrations)
    migrations.write(LATER, up=f"{creates('later')}\nschema.run_sql('SELECT nonsense')")
    outcome = migrations.run("migrate", single_transaction=True)
    assert "nothing was applied but for the schema dump" in outcome.error
    assert (migrations.applied(), "later" in migrations.tables) == (names, False)
    migrations.write(LATER, attributes="atomic = False", up=creates("later"))
    forget(migrations)
    outcome = migrations.run("migrate", single_transaction=True)
    assert (outcome.code, "atomic = False" in outcome.error) == (2, True)
    assert migrations.connection.introspection.table_names() == []


@pytest.mark.databases("mysql")
def test_no_dump_is_loaded_where_one_transaction_cannot_be(
    migrations: Migrations, dumps: Path
) -> None:
    prepared(migrations, dumps, creates("later"))
    outcome = migrations.run("migrate", single_transaction=True)
    assert (outcome.code, migrations.connection.introspection.table_names()) == (2, [])


def edit(migrations: Migrations, names: list[str], dumps: Path) -> str:
    path = migrations.folder / f"{names[0]}.py"
    path.write_text(path.read_text(encoding="utf-8") + "\n# edited\n", encoding="utf-8")
    return f"{names[0]} was edited since"


def lose(migrations: Migrations, names: list[str], dumps: Path) -> str:
    (migrations.folder / f"{names[0]}.py").unlink()
    return f"it covers {names[0]}, whose file is missing"


def come_late(migrations: Migrations, names: list[str], dumps: Path) -> str:
    migrations.write("20230101000000_late", up=creates("late"))
    return f"20230101000000_late is older than {names[1]}, which it covers, and is not in it"


def conflict(migrations: Migrations, names: list[str], dumps: Path) -> str:
    text = dumps.read_text(encoding="utf-8")
    dumps.write_text(text.replace("\n\n", "\n\n<<<<<<< HEAD\n", 1), encoding="utf-8")
    return "has the marks of a conflict in it"


def of_another_database(migrations: Migrations, names: list[str], dumps: Path) -> str:
    text = dumps.read_text(encoding="utf-8")
    dumps.write_text(text.replace("-- Database: ", "-- Database: other"), encoding="utf-8")
    return "it is of a database of other"


def empty_file(migrations: Migrations, names: list[str], dumps: Path) -> str:
    dumps.write_text("", encoding="utf-8")
    return "is no file that schema_dump has written"


def change_a_word(migrations: Migrations, names: list[str], dumps: Path) -> str:
    text = dumps.read_bytes().decode()
    table = text.index("posts", text.index("\n\n"))
    dumps.write_bytes(f"{text[:table]}boasts{text[table + 5 :]}".encode())
    return "was changed since it was written, at or before: CREATE TABLE"


def cut(migrations: Migrations, names: list[str], dumps: Path) -> str:
    text = dumps.read_bytes().decode()
    dumps.write_bytes(text[: text.rindex(";\n\n") + 3].encode())
    return "is not whole: its end is missing"


def take_a_statement_out(migrations: Migrations, names: list[str], dumps: Path) -> str:
    head, *statements = dumps.read_bytes().decode().split("\n\n")
    gone = next(each for each in statements if "tags" in each)
    statements.remove(gone)
    dumps.write_bytes("\n\n".join([head, *statements]).encode())
    return "was changed since it was written"


@pytest.mark.parametrize(
    "spoil",
    [
        *(edit, lose, come_late, conflict, of_another_database, empty_file),
        *(change_a_word, cut, take_a_statement_out),
    ],
)
def test_a_dump_that_does_not_fit_is_noticed_and_not_used(
    migrations: Migrations, dumps: Path, spoil: Callable[..., str]
) -> None:
    names = blog(migrations)
    dumped(migrations, dumps)
    assert migrations.run("schema_dump", check=True).code == 0
    reason = spoil(migrations, names, dumps)
    check = migrations.run("schema_dump", check=True)
    assert check.code == 1
    assert reason in check.stdout
    forget(migrations)
    outcome = migrations.migrate()
    assert "Loading schema dump" not in outcome.stdout
    assert len(outcome.stderr.splitlines()) == 1
    assert reason in outcome.stderr


def test_a_dump_is_stale_when_migrations_came_since(migrations: Migrations, dumps: Path) -> None:
    blog(migrations)
    assert "There is no" in migrations.run("schema_dump", check=True).stdout
    dumped(migrations, dumps)
    migrations.write("20250101000000_later", up=creates("later"))
    outcome = migrations.run("schema_dump", check=True)
    assert outcome.code == 1
    assert "does not cover 20250101000000_later" in outcome.stdout
    migrations.migrate()
    dumped(migrations, dumps)
    assert migrations.run("schema_dump", check=True).lines == [f"{dumps} covers all migrations."]


def test_pruned_files_are_covered_and_not_missing(migrations: Migrations, dumps: Path) -> None:
    names = blog(migrations)
    refused = migrations.run("schema_dump", prune=True)
    assert (refused.code, "no terminal" in refused.error) == (1, True)
    assert not dumps.exists()
    text = dumped(migrations, dumps, prune=True, force=True)
    assert list(migrations.folder.glob("*.py")) == []
    assert migrations.migrate().lines == ["Nothing to migrate."]
    status = migrations.run("migrate_status", check=True)
    assert status.code == 0
    assert f"[✓] {names[0]} (applied, in the schema dump)" in status.lines
    assert migrations.run("schema_dump", check=True).code == 0
    assert dumped(migrations, dumps) == text
    migrations.write("20250101000000_later", up=creates("later"))
    migrations.migrate()
    assert len(dumped(migrations, dumps).splitlines()) > len(text.splitlines())
    forget(migrations)
    assert migrations.run("migrate_status", pending=True).code == 1
    migrations.migrate()
    assert migrations.applied() == [*names, "20250101000000_later"]


def test_what_was_pruned_is_rolled_back_with_its_file_only(
    migrations: Migrations, dumps: Path
) -> None:
    names = blog(migrations)
    last = migrations.folder / f"{names[1]}.py"
    source = last.read_bytes()
    dumped(migrations, dumps, prune=True, force=True)
    outcome = migrations.run("migrate_rollback")
    assert outcome.code == 1
    assert f"{names[1]} cannot be rolled back: schema_dump --prune has removed" in outcome.error
    assert "migrate_resolve" not in outcome.error
    taken_off = migrations.run("migrate_resolve", names[1], "--rolled-back")
    assert (taken_off.code, migrations.applied()) == (1, names)
    assert f"{names[1]} stays on record" in taken_off.error
    last.write_bytes(source)
    assert migrations.run("migrate_rollback").code == 0
    assert migrations.applied() == names[:1]
    assert migrations.migrate().code == 0
    assert migrations.applied() == names


def test_a_database_that_has_not_run_what_was_pruned_is_told(
    migrations: Migrations, dumps: Path
) -> None:
    names = blog(migrations)
    dumped(migrations, dumps, prune=True, force=True)
    with migrations.connection.cursor() as cursor:
        cursor.execute("DELETE FROM kit_migrations WHERE name = %s", [names[1]])
    outcome = migrations.run("migrate")
    assert outcome.code == 1
    assert f"{names[1]} has not run here, and its file was pruned" in outcome.error
    assert f"{names[1]}, which the dump that there is covers" in migrations.run("schema_dump").error


def test_migrate_fresh_starts_from_the_dump(migrations: Migrations, dumps: Path) -> None:
    names = blog(migrations)
    dumped(migrations, dumps, prune=True, force=True)
    outcome = migrations.run("migrate_fresh", force=True)
    assert outcome.code == 0, outcome.error
    assert f"Loading schema dump: {dumps} (in place of 2 migrations)" in outcome.lines
    assert migrations.applied() == names


@pytest.mark.parametrize("change", ["missing", "edited", "older", "failed"])
def test_a_dump_is_of_what_the_files_have_made(
    migrations: Migrations, dumps: Path, change: str
) -> None:
    names = blog(migrations)
    path = migrations.folder / f"{names[0]}.py"
    if change == "missing":
        path.unlink()
    elif change == "edited":
        path.write_text(path.read_text(encoding="utf-8") + "# new\n", encoding="utf-8")
    elif change == "older":
        migrations.write("20230101000000_late", up=creates("late"))
    else:
        with migrations.connection.cursor() as cursor:
            cursor.execute("UPDATE kit_migrations SET applied_at = NULL, statements = 1")
    outcome = migrations.run("schema_dump")
    assert outcome.code == (4 if change == "failed" else 1)
    assert not dumps.exists()


def test_what_should_not_run_stays_pending(migrations: Migrations, dumps: Path) -> None:
    """Its file fits the dump all the same."""
    no = "def should_run(self, connection):\n    return False"
    migrations.write("20230101000000_elsewhere", attributes=no)
    names = blog(migrations)
    dumped(migrations, dumps)
    assert migrations.run("schema_dump", check=True).code == 0
    forget(migrations)
    assert "Loading schema dump" in migrations.migrate().stdout
    assert migrations.applied() == names


def test_a_database_that_is_not_empty_is_not_loaded_into(
    migrations: Migrations, dumps: Path
) -> None:
    blog(migrations)
    dumped(migrations, dumps)
    outcome = migrations.run("schema_load")
    assert outcome.code == 1
    assert "table posts" in outcome.error
    forget(migrations)
    by_hand(migrations.connection, ["CREATE TABLE other (a integer)"])
    assert "table other" in migrations.run("schema_load").error
    outcome = migrations.migrate()
    assert (outcome.stderr, "Loading" in outcome.stdout) == ("", False)


def spoiled(path: Path, statement: str) -> None:
    """One that was written so."""
    head, gap, body = path.read_bytes().decode().partition("\n\n")
    text = sealed(f"{unsealed(body)}{statement};\n\n")
    path.write_bytes(f"{head}{gap}{text}".encode())


def test_an_empty_database_does_not_write_over_a_dump(migrations: Migrations, dumps: Path) -> None:
    migrations.create_tables("users")
    migrations.migrate()
    text = dumped(migrations, dumps)
    assert migrations.run("migrate_fresh", force=True).code == 0
    migrations.run("migrate_reset", force=True)
    with migrations.connection.cursor() as cursor:
        cursor.execute("DROP TABLE kit_migrations")
    outcome = migrations.run("schema_dump")
    assert outcome.code == 2
    assert "There is nothing to dump" in outcome.error
    assert dumps.read_bytes().decode() == text


def test_a_load_that_fails_leaves_nothing(migrations: Migrations, dumps: Path) -> None:
    blog(migrations)
    dumped(migrations, dumps)
    spoiled(dumps, "INSERT INTO nowhere VALUES (1)")
    forget(migrations)
    outcome = migrations.run("migrate")
    assert outcome.code == 1
    assert "cannot be loaded" in outcome.error
    assert "INSERT INTO nowhere" in outcome.error
    assert migrations.connection.introspection.table_names() == []


def test_rows_go_along_in_every_value(
    migrations: Migrations, dumps: Path, settings: Settings, other_connection: BaseDatabaseWrapper
) -> None:
    settings.KIT = {**settings.KIT, "DUMP_ROWS": ["all*"]}

    def make(schema):
        with schema.create_table("all_values") as table:
            table.id()
            table.text("words", null=True)
            table.binary("bytes", null=True)
            table.decimal("price", 20, 6, null=True)
            table.float("ratio", null=True)
            table.boolean("on", null=True)
            table.json("more", null=True)
            table.uuid("uuid", null=True)
            table.datetime("moment", null=True)
            table.date("day", null=True)
            table.time("hour", null=True)
            table.duration("lasting", null=True)
        with schema.create_table("others") as table:
            table.id()
        rows = schema.model("all_values").objects
        rows.create()
        for words in VALUES:
            rows.create(
                words=words,
                bytes=bytes(range(256)),
                price=Decimal("-12345678901234.123456"),
                ratio=1 / 3,
                on=True,
                more={"a": [words.replace("\0", ""), None]},
                uuid=UUID(int=5),
                moment=datetime(2024, 2, 29, 23, 59, 59, 123456, tzinfo=UTC),
                day=date(1, 1, 1),
                hour=time(23, 59, 59, 999999),
                lasting=timedelta(days=3, microseconds=1),
            )
        schema.model("others").objects.create()

    run(migrations.connection, make)
    text = dumped(migrations, dumps)
    outcome = migrations.run("schema_load", database="other")
    assert outcome.code == 0, outcome.error
    expected = {**rows_of(migrations.connection), (None, "others"): []}
    assert rows_of(other_connection) == expected
    assert dumped(migrations, dumps, database="other") == text

    by_hand(other_connection, ["INSERT INTO all_values (words) VALUES ('one more')"])
    assert len(rows_of(other_connection)[None, "all_values"]) == len(VALUES) + 2


VALUES = ["it's", "a\\b\\'c", "two\nlines\r\nthree;\n\nfour", '"%s" -- ', "ñ 字 🎈", "", "$$ E'x'"]


def git(folder: Path, *args: str) -> None:
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    subprocess.run(["git", *identity, *args], cwd=folder, check=True, capture_output=True)


def test_the_dumps_of_two_branches_merge_as_text(
    migrations: Migrations, dumps: Path, dump: Judge
) -> None:
    folder = migrations.folder
    blog(migrations)
    dumped(migrations, dumps)
    git(folder, "init", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "base")
    for branch, up in (("one", creates("people")), ("two", creates("quotes"))):
        git(folder, "checkout", "-b", branch, "main")
        forget(migrations)
        migrations.write(f"20250101000000_{branch}", up=up)
        migrations.migrate()
        dumped(migrations, dumps)
        git(folder, "add", ".")
        git(folder, "commit", "-m", branch)
    git(folder, "checkout", "one")
    git(folder, "merge", "two")
    assert migrations.run("schema_dump", check=True).code == 0
    merged = dumps.read_text(encoding="utf-8")
    forget(migrations)
    assert "in place of 4 migrations" in migrations.migrate().stdout
    assert dumped(migrations, dumps) == merged
    loaded = dump(migrations.connection)
    dumps.unlink()
    forget(migrations)
    migrations.migrate()
    assert_same(dump(migrations.connection), loaded)


class Killed(BaseException):
    """What nobody handles, as nobody handles the end of a process."""


def dies_at_the_second_table() -> Callable[..., object]:
    seen = []

    def execute(run: Callable[..., object], sql: str, *rest: object) -> object:
        if "tags" in sql and sql.startswith("CREATE TABLE"):
            seen.append(sql)
            raise Killed
        return run(sql, *rest)

    return execute


def test_a_load_that_was_killed_is_told_of_and_done_again(
    migrations: Migrations, dumps: Path, dump: Judge
) -> None:
    names = blog(migrations)
    dumped(migrations, dumps)
    expected = dump(migrations.connection)
    forget(migrations)
    killing = migrations.connection.execute_wrapper(dies_at_the_second_table())
    with killing, pytest.raises(Killed):
        migrations.run("schema_load")
    if migrations.connection.features.can_rollback_ddl:
        assert migrations.connection.introspection.table_names() == []
        assert migrations.run("schema_load", again=True).code == 2
        assert migrations.run("schema_load").code == 0
    else:
        outcome = migrations.run("migrate")
        assert outcome.code == 4
        assert "schema_load --again drops what is there" in outcome.error
        assert "stopped half-way" in migrations.run("schema_load").error
        outcome = migrations.run("schema_load", again=True)
        assert outcome.code == 0, outcome.error
    assert migrations.applied() == names
    assert_same(dump(migrations.connection), expected)


@pytest.mark.databases("postgresql")
def test_what_cannot_be_dumped_is_named(migrations: Migrations, dumps: Path) -> None:
    by_hand(
        migrations.connection,
        [
            "CREATE TABLE a (id integer)",
            "CREATE CONVERSION ours FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8",
            "CREATE CONVERSION back FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1",
        ],
    )
    outcome = migrations.run("schema_dump")
    assert outcome.code == 1
    assert "conversion back" in outcome.error
    assert "conversion ours" in outcome.error
    assert not dumps.exists()
    outcome = migrations.run("schema_dump", allow_differences=True)
    assert outcome.code == 0
    assert "It lacks conversion ours." in outcome.lines


def test_what_would_be_loaded_can_be_looked_at(migrations: Migrations, dumps: Path) -> None:
    names = blog(migrations)
    dumped(migrations, dumps, prune=True, force=True)
    migrations.write("20250101000000_later", up=creates("later"))
    forget(migrations)
    assert migrations.run("migrate", plan=True).lines[-3:] == [
        *(f"  {name}" for name in names),
        "  20250101000000_later",
    ]
    outcome = migrations.run("migrate", pretend=True)
    assert outcome.lines[0] == f"-- schema dump {dumps}"
    assert "20250101000000_later" in outcome.stderr
    assert migrations.connection.introspection.table_names() == []
    refused = migrations.run("migrate", fake=True)
    assert (refused.code, "its file was pruned" in refused.error) == (1, True)
