"""A database that is there for a while leaves nothing behind, whatever ends it."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from kit_django.codegen.verifying.scratch import empty_database

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

DATABASES = {
    "postgresql": "SELECT datname FROM pg_database",
    "mysql": "SELECT schema_name FROM information_schema.schemata",
}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.databases("postgresql", "mysql")
def test_an_interruption_leaves_no_database(
    connection: BaseDatabaseWrapper, number: signal.Signals
) -> None:
    name, scratch = connection.settings_dict["NAME"], []

    def work() -> None:
        with empty_database(connection, "to be interrupted"), connection.cursor() as cursor:
            scratch.append(connection.settings_dict["NAME"])
            cursor.execute("CREATE TABLE t (id integer)")
            os.kill(os.getpid(), number)

    with pytest.raises(KeyboardInterrupt):
        work()
    assert connection.settings_dict["NAME"] == name
    with connection.cursor() as cursor:
        cursor.execute(DATABASES[connection.vendor])
        found = {row[0] for row in cursor.fetchall()}
    assert name in found
    assert not found & set(scratch)
    assert scratch
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
