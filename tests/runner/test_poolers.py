"""pgbouncer, in both of its modes."""

from __future__ import annotations

import getpass
import shutil
import socket
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
from django.db import connections

from tests import databases
from tests.runner.conftest import creates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from django.db.backends.base.base import BaseDatabaseWrapper
    from pytest_django import Settings

    from tests.runner.conftest import Migrations

A, B = "20240101120000_a", "20240101120001_b"
PGBOUNCER = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/usr/local/bin")
pytestmark = pytest.mark.databases("postgresql")
CONFIGURATION = """
[databases]
* = host={host} port={port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own}
unix_socket_dir =
auth_type = any
pool_mode = {mode}
default_pool_size = {size}
query_wait_timeout = 5
ignore_startup_parameters = extra_float_digits, options
"""


@pytest.fixture
def behind(
    connection: BaseDatabaseWrapper, tmp_path: Path, settings: Settings
) -> Iterator[Callable[[str, int], None]]:
    """Have the default connection go through a pgbouncer of that mode and that many sessions."""
    if PGBOUNCER is None:
        databases.missing("There is no pgbouncer.")
    started: list[subprocess.Popen[bytes]] = []
    usual = dict(connection.settings_dict)

    def start(mode: str, size: int) -> None:
        port = free_port()
        file = tmp_path / "pgbouncer.ini"
        server = {"host": usual["HOST"], "port": usual["PORT"] or 5432}
        forced = f"user={usual['USER']}" if usual["USER"] else ""
        text = CONFIGURATION.format(own=port, mode=mode, size=size, **server)
        file.write_text(text.replace("* = ", f"* = {forced} ", 1))
        file.chmod(0o644)
        for folder in (tmp_path, *list(tmp_path.parents)[:2]):
            folder.chmod(0o755)
        user = ["-u", "postgres"] if getpass.getuser() == "root" else []
        started.append(
            subprocess.Popen([str(PGBOUNCER), "-q", *user, str(file)], stderr=subprocess.DEVNULL)
        )
        wait_for_port(port)
        connection.close()
        connection.settings_dict.update(HOST="127.0.0.1", PORT=str(port))

    yield start
    connection.close()
    connection.settings_dict.update(usual)
    for process in started:
        process.terminate()
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int) -> None:
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("pgbouncer did not start")


@pytest.mark.parametrize("size", [1, 5])
def test_sessions_that_are_shared_are_found_out_before_anything_runs(
    migrations: Migrations, behind: Callable[[str, int], None], size: int
) -> None:
    migrations.write(A, creates("users"))
    behind("transaction", size)
    outcome = migrations.run("migrate")
    assert outcome.code == 1
    assert 'KIT["DIRECT_DATABASES"] = {"default": "direct"}' in outcome.error
    assert migrations.tables == set()


def test_sessions_that_are_kept_will_do(
    migrations: Migrations, behind: Callable[[str, int], None]
) -> None:
    migrations.write(A, f"{creates('users')}\nschema.run_sql('SELECT 1')")
    migrations.write(B, creates("posts"))
    behind("session", 5)
    migrations.migrate()
    assert migrations.applied() == [A, B]


def test_an_alias_past_the_pooler_is_used(
    migrations: Migrations, behind: Callable[[str, int], None], settings: Settings
) -> None:
    migrations.write(A, f"{creates('users')}\nschema.model('users').objects.create(name='x')")
    direct = dict(connections["default"].settings_dict)
    behind("transaction", 2)
    connections.settings["direct"] = connections["default"].settings_dict | {
        "HOST": direct["HOST"],
        "PORT": direct["PORT"],
    }
    settings.KIT = {**settings.KIT, "DIRECT_DATABASES": {"default": "direct"}}
    try:
        migrations.migrate()
    finally:
        connections["direct"].close()
        del connections["direct"], connections.settings["direct"]
    assert migrations.applied() == [A]
