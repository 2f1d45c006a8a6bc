"""The databases that the tests run on: where they are, whether they answer, how to empty one."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import dj_database_url
import pytest
from django.db import DatabaseError
from django.db.utils import ConnectionHandler

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.backends.utils import CursorWrapper

try:
    import MySQLdb  # noqa: F401
except ImportError:
    with contextlib.suppress(ImportError):
        import pymysql

        pymysql.install_as_MySQLdb()

VENDORS = ("sqlite", "postgresql", "mysql")
CONNECT_TIMEOUT = 3


@dataclass(frozen=True)
class Answer:
    """What a server said when it was asked for its version: one of the two is empty."""

    version: str = ""
    problem: str = ""


def vendor() -> str:
    """The database that this process tests. Raises ValueError for one that nobody knows."""
    name = os.environ.get("KIT_TEST_DATABASE") or "sqlite"
    if name not in VENDORS:
        raise ValueError(f"KIT_TEST_DATABASE must be one of {', '.join(VENDORS)}, not {name!r}.")
    return name


def driver() -> str:
    """The package that speaks to the database. Raises ValueError where another one was asked for."""
    if vendor() != "mysql":
        return {"sqlite": "sqlite3", "postgresql": "psycopg"}[vendor()]
    found = getattr(sys.modules.get("MySQLdb"), "__name__", "none")
    wanted = os.environ.get("KIT_TEST_MYSQL_DRIVER") or found
    if wanted != found:
        raise ValueError(f"KIT_TEST_MYSQL_DRIVER is {wanted}, and what is installed is {found}.")
    return found


def are_required() -> bool:
    """Whether a database that does not answer is a failure: in CI, or where we were told so."""
    words = (os.environ.get("CI", ""), os.environ.get("KIT_REQUIRE_DATABASES", ""))
    return any(word.lower() not in ("", "0", "false") for word in words)


def missing(reason: str) -> None:
    """End a test that lacks something: a skip for a person, a failure in CI."""
    if are_required():
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def scratch_name(suffix: str = "") -> str:
    """A database name of this process's own, so that workers and people never meet in one."""
    prefix = os.environ.get("KIT_TEST_PREFIX") or "kit_test"
    worker = os.environ.get("PYTEST_XDIST_WORKER") or "main"
    return "_".join(filter(None, (prefix, worker, suffix)))


def server_url(vendor: str) -> str:
    if vendor == "postgresql":
        default = "postgresql://postgres@127.0.0.1:5432/postgres"
        return os.environ.get("KIT_TEST_POSTGRESQL_URL") or default
    return os.environ.get("KIT_TEST_MYSQL_URL") or "mysql://root@127.0.0.1:3306/"


def settings_of(vendor: str, name: str | None = None) -> dict[str, Any]:
    """One entry for ``DATABASES``; without a name that of the server itself."""
    if vendor == "sqlite":
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": name or ":memory:"}
    parsed: dict[str, Any] = dict(dj_database_url.parse(server_url(vendor)))
    parsed["OPTIONS"] = {**parsed.get("OPTIONS", {}), "connect_timeout": CONNECT_TIMEOUT}
    return parsed if name is None else {**parsed, "NAME": name}


def url_of(connection: BaseDatabaseWrapper) -> str:
    """The ``DATABASE_URL`` of what a connection points to, for another process."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    user, password = quote(settings["USER"], safe=""), quote(settings["PASSWORD"], safe="")
    host, port = quote(settings["HOST"], safe=""), settings["PORT"]
    place = f"{host}:{port}" if port else host
    return f"{connection.vendor}://{user}:{password}@{place}/{quote(settings['NAME'])}"


def ask(vendor: str) -> Answer:
    """Ask a server for its version; a driver or a server that is missing is the problem."""
    if vendor == "sqlite":
        return Answer(version=f"SQLite {sqlite3.sqlite_version}")
    try:
        with server_cursor(vendor) as cursor:
            cursor.execute("SELECT version()")
            version = str(cursor.fetchone()[0])
    except Exception as error:
        where = server_url(vendor).rpartition("@")[2]  # without the password
        reason = " ".join(str(error).split())
        return Answer(problem=f"{vendor} at {where} does not answer: {reason}")
    if vendor == "postgresql":
        return Answer(" ".join(version.split()[:2]))
    return Answer(f"{'MariaDB' if 'MariaDB' in version else 'MySQL'} {version}")


@contextlib.contextmanager
def server_cursor(vendor: str) -> Iterator[CursorWrapper]:
    connection = ConnectionHandler({"default": settings_of(vendor)})["default"]
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def create(vendor: str, name: str) -> None:
    """Make an empty database; one of that name, left by a killed run, goes first."""
    drop(vendor, name)
    if vendor == "postgresql":
        with server_cursor(vendor) as cursor:
            cursor.execute(
                f"CREATE DATABASE {_quoted(vendor, name)} TEMPLATE template0 ENCODING 'UTF8'"
            )
            # What a crash of the server would lose is no matter to a test.
            cursor.execute(f"ALTER DATABASE {_quoted(vendor, name)} SET synchronous_commit = off")
    elif vendor == "mysql":
        with server_cursor(vendor) as cursor:
            cursor.execute(f"CREATE DATABASE {_quoted(vendor, name)} CHARACTER SET utf8mb4")


def drop(vendor: str, name: str) -> None:
    """Drop a database, whoever is still connected to it."""
    if vendor == "sqlite":
        for suffix in ("", "-journal", "-wal", "-shm"):
            Path(name + suffix).unlink(missing_ok=True)
        return
    with server_cursor(vendor) as cursor:
        disconnect_others(vendor, cursor, name)
        cursor.execute(f"DROP DATABASE IF EXISTS {_quoted(vendor, name)}")


def wipe(connection: BaseDatabaseWrapper) -> None:
    """Empty the database that a connection points to, and close the connection."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "postgresql":
        try:
            _wipe_schemas(connection)
            return
        except DatabaseError:  # more tables than one transaction has locks for
            pass
    if connection.vendor == "mysql" and _wipe_tables(connection):
        return
    connection.close()
    create(connection.vendor, name)


def _wipe_tables(connection: BaseDatabaseWrapper) -> bool:
    """Faster than making the database anew; False where there is more in it than tables."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT (SELECT count(*) FROM information_schema.routines"
                " WHERE routine_schema = DATABASE()) + (SELECT count(*) FROM"
                " information_schema.events WHERE event_schema = DATABASE())"
                " + (@@collation_database <> @@collation_server)"
            )
            if cursor.fetchone()[0]:
                return False
            disconnect_others("mysql", cursor, connection.settings_dict["NAME"])
            _drop_tables(cursor)
        return True
    finally:
        connection.close()


def _drop_tables(cursor: CursorWrapper) -> None:
    cursor.execute("SET foreign_key_checks = 0")
    cursor.execute("SHOW FULL TABLES")
    found = cursor.fetchall()
    for word in ("VIEW", "SEQUENCE", "TABLE"):
        names = ", ".join(_quoted("mysql", name) for name, kind in found if word in kind)
        if names:
            cursor.execute(f"DROP {word} {names}")


def _wipe_schemas(connection: BaseDatabaseWrapper) -> None:
    """Faster than making the database anew, which makes PostgreSQL write a checkpoint."""
    try:
        with connection.cursor() as cursor:
            disconnect_others("postgresql", cursor, connection.settings_dict["NAME"])
            cursor.execute(
                "SELECT nspname FROM pg_namespace"
                " WHERE nspname <> 'information_schema' AND nspname !~ '^pg_'"
            )
            schemas = [_quoted("postgresql", schema) for (schema,) in cursor.fetchall()]
            if schemas:
                cursor.execute(f"DROP SCHEMA {', '.join(schemas)} CASCADE")
            cursor.execute("CREATE SCHEMA public")
    finally:
        connection.close()


def load(connection: BaseDatabaseWrapper, path: Path) -> None:
    """Run a file of SQL, with the database's own client where the file is written for one.

    Raises FileNotFoundError where that client is missing, AssertionError where it failed.
    """
    if connection.vendor == "sqlite":
        with contextlib.closing(sqlite3.connect(connection.settings_dict["NAME"])) as raw:
            raw.executescript(path.read_text(encoding="utf-8"))
        return
    arguments, environment = connection.client.settings_to_cmd_args_env(
        connection.settings_dict, []
    )
    options = ["-X", "-q"] if connection.vendor == "postgresql" else []
    with path.open("rb") as script:
        done = subprocess.run(
            [client(connection.vendor), *options, *arguments[1:]],
            stdin=script,
            env={**os.environ, **(environment or {})},
            capture_output=True,
            text=True,
            check=False,
        )
    _refuse_errors(done)


def _refuse_errors(done: subprocess.CompletedProcess[str]) -> None:
    """Let only what a missing extension brings about pass: not every server has PostGIS."""
    errors = [line for line in done.stderr.splitlines() if "ERROR" in line]
    excused = bool(errors) and re.search(r'extension "\w+" is not available', errors[0])
    assert done.returncode == 0, done.stderr
    assert not errors or excused, done.stderr


def client(vendor: str) -> str:
    """The path of the command line client of a database. Raises FileNotFoundError."""
    names = {"postgresql": ("psql",), "mysql": ("mariadb", "mysql")}[vendor]
    for name in names:
        if found := shutil.which(name):
            return found
    raise FileNotFoundError(f"{' or '.join(names)}, which loads the schemas, is not installed.")


def disconnect_others(vendor: str, cursor: CursorWrapper, name: str) -> None:
    """A session that a killed test left behind would keep its locks on what is to go."""
    if vendor == "postgresql":
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND pid <> pg_backend_pid()",
            [name],
        )
        return
    cursor.execute(
        "SELECT id FROM information_schema.processlist WHERE db = %s AND id <> connection_id()",
        [name],
    )
    for (session,) in cursor.fetchall():
        with contextlib.suppress(DatabaseError):  # it may have left by itself meanwhile
            cursor.execute(f"KILL {int(session)}")


def _quoted(vendor: str, name: str) -> str:
    mark = "`" if vendor == "mysql" else '"'
    return mark + re.sub(mark, mark * 2, name) + mark
