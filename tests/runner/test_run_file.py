"""``schema.run_file``: a script beside the migration is a part of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.runner.conftest import Migrations

NAME = "20240101120000_legacy"
MAKES = "CREATE TABLE old (id int);\nINSERT INTO old VALUES (1);\n"


def script(migrations: Migrations, name: str, text: str | bytes) -> None:
    place = migrations.folder / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(text if isinstance(text, bytes) else text.encode())


def test_there_and_back(migrations):
    script(migrations, "legacy.sql", b"\xef\xbb\xbf" + MAKES.encode())
    script(migrations, "undo/legacy.sql", "DROP TABLE old")
    migrations.write(NAME, 'schema.run_file("legacy.sql", reverse="undo/legacy.sql")')
    pretended = migrations.run("migrate", pretend=True)
    assert "INSERT INTO old VALUES (1)" in pretended.stdout
    assert migrations.tables == set()
    migrations.migrate()
    assert migrations.execute("SELECT id FROM old") == [(1,)]
    assert migrations.run("migrate_rollback").code == 0
    assert migrations.tables == set()
    migrations.migrate()


def test_the_reverse_may_be_sql_and_a_down_may_have_its_script(migrations):
    script(migrations, "legacy.sql", MAKES)
    script(migrations, "more.sql", "DROP TABLE more")
    migrations.write(NAME, 'schema.run_file("legacy.sql", reverse="DROP TABLE old")')
    migrations.write(
        "20240101120001_more",
        'schema.run_sql("CREATE TABLE more (id int)")',
        'schema.run_file("more.sql")',
    )
    migrations.migrate()
    assert migrations.tables == {"old", "more"}
    assert migrations.run("migrate_rollback", all=True).code == 0
    assert migrations.tables == set()


def test_without_a_reverse_there_is_no_rollback(migrations):
    script(migrations, "legacy.sql", MAKES)
    migrations.write(NAME, 'schema.run_file("legacy.sql")')
    migrations.migrate()
    outcome = migrations.run("migrate_rollback")
    assert (
        "run file 'legacy.sql' does not say how to undo it. Say it with reverse=" in outcome.error
    )
    assert migrations.tables == {"old"}


@pytest.mark.parametrize("changed", ["edited", "gone", "reverse"])
def test_an_edited_script_is_an_edited_migration(migrations, changed):
    script(migrations, "legacy.sql", MAKES)
    script(migrations, "undo.sql", "DROP TABLE old")
    migrations.write(
        NAME, 'for name in ["legacy.sql"]:\n    schema.run_file(name, reverse="undo.sql")'
    )
    migrations.migrate()
    script(migrations, "legacy.sql", MAKES.replace("\n", "\r\n"))
    assert (
        "(applied)" in migrations.run("migrate_status").stdout
    )  # as with the migration's own lines
    if changed == "gone":
        (migrations.folder / "legacy.sql").unlink()
    else:
        script(migrations, "undo.sql" if changed == "reverse" else "legacy.sql", MAKES + "-- more")
    assert "(applied, edited since)" in migrations.run("migrate_status").stdout
    assert migrations.run("migrate_status", check=True).code == 1


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("'gone.sql'", None, "There is no script 'gone.sql' beside 20240101120000_legacy.py"),
        ("'../out.sql'", None, "'../out.sql' does not lie beside 20240101120000_legacy.py"),
        ("'/etc/out.sql'", None, "does not lie beside"),
        ("'a\\0.sql'", None, "does not lie beside"),
        ("'legacy.txt'", MAKES, "the name of one ends in .sql"),
        ("'legacy' + '.sql'", MAKES, "Write its whole name there as a text"),
        ("'legacy.sql'", " \n", "Script 'legacy.sql' says nothing"),
        ("'legacy.sql'", MAKES.encode("utf-16"), "is not written in UTF-8: its byte 1"),
        ("'legacy.sql'", "SELECT 'é'".encode("latin-1"), "is not written in UTF-8: its byte 9"),
        ("['legacy.sql']", MAKES, "which has to be str"),
    ],
)
def test_a_script_that_cannot_be_read_is_refused(migrations, name, text, words):
    migrations.write(NAME, f"schema.run_file({name})")
    if text is not None:
        script(migrations, "legacy.sql", text)
    outcome = migrations.run("migrate")
    assert words in outcome.error
    assert f"{NAME}.py, line 6" in outcome.error
    assert "Nothing of it is left" in outcome.error
    assert migrations.applied() == []


def test_a_link_out_of_the_folder_is_none_beside_it(migrations, tmp_path):
    (tmp_path / "secret.sql").write_text(MAKES)
    migrations.write(NAME, 'schema.run_file("legacy.sql")')
    (migrations.folder / "legacy.sql").symlink_to(tmp_path / "secret.sql")
    assert "does not lie beside" in migrations.run("migrate").error


def rows(count: int) -> str:
    return "".join(f"INSERT INTO old VALUES ({number});\n" for number in range(count))


def test_the_statement_of_many_that_fails_is_named(migrations):
    """On MariaDB those before it, which would each have been committed, are taken back with it."""
    script(migrations, "legacy.sql", f"{rows(30)}INSERT INTO old VALUES (1, 'no');\n{rows(3)}")
    migrations.write("20240101110000_old", 'schema.run_sql("CREATE TABLE old (id int)")')
    migrations.write(NAME, 'schema.run_file("legacy.sql")')
    error = migrations.run("migrate").error
    assert "INSERT INTO old VALUES (1, 'no')" in error
    assert migrations.execute("SELECT count(*) FROM old") == [(0,)]


@pytest.mark.databases("mysql")
@pytest.mark.parametrize("begin", ["START TRANSACTION", "SET autocommit = 0"])
def test_a_transaction_of_the_scripts_own_is_its_own(migrations, begin):
    script(
        migrations, "legacy.sql", f"{rows(20)}{begin};\n{rows(20)}ROLLBACK;\nSET autocommit = 1;"
    )
    migrations.write("20240101110000_old", 'schema.run_sql("CREATE TABLE old (id int)")')
    migrations.write(NAME, 'schema.run_file("legacy.sql")')
    migrations.migrate()
    assert migrations.execute("SELECT count(*) FROM old") == [(20,)]


@pytest.mark.databases("mysql")
def test_the_locks_of_a_dump_are_left_out(migrations):
    script(migrations, "legacy.sql", f"LOCK TABLES old WRITE;\n{rows(20)}UNLOCK TABLES;")
    migrations.write("20240101110000_old", 'schema.run_sql("CREATE TABLE old (id int)")')
    migrations.write(NAME, 'schema.run_file("legacy.sql")')
    migrations.migrate()
    assert migrations.execute("SELECT count(*) FROM old") == [(20,)]
