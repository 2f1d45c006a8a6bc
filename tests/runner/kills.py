"""Kill a command at each of its statements, run it again, and tell what came of it.

``python -m tests.runner.kills migrate`` in a project's folder prints a list of ``Outcome``s as JSON.
One process that has no threads forks for each run: that takes a tenth of what starting Python does.
"""

from __future__ import annotations

import io
import json
import os
import re
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.core.management import CommandError, call_command
from django.db import connection

from tests import databases

QUERY = re.compile(r"\s*(SELECT|SHOW|WITH|EXPLAIN|PRAGMA [^=]*$)", re.IGNORECASE)
MEND = """
ALTER TABLE posts DROP COLUMN IF EXISTS subtitle;
DROP TABLE IF EXISTS tags;
DROP TABLE IF EXISTS posts;
DROP TABLE IF EXISTS users
"""


@dataclass(frozen=True)
class State:
    """The facts of the schema in words, and the history without ids and times."""

    facts: str
    history: list[list[Any]]
    rows: list[list[Any]]


@dataclass(frozen=True)
class Outcome:
    """``killed`` is the state that the kill left; ``code`` and ``error`` are those of the next run,
    and ``final`` is what that left, after it was mended by hand if that had to be."""

    when: str
    number: int
    killed: State
    code: int
    error: str
    final: State


def main(command: str) -> None:
    import django

    django.setup()
    preload()
    print(json.dumps(list(outcomes(command))))  # noqa: T201


def preload() -> None:
    """Import once what every child would import."""
    import kit_django.management.commands.migrate
    import kit_django.management.commands.migrate_rollback
    import kit_django.operations.schema
    import kit_django.schema.introspection  # noqa: F401


def outcomes(command: str) -> Iterator[dict[str, Any]]:
    """The clean run first, as the kill before statement 0; then one for each kill.

    To die after a statement is to die before the next one, but where a transaction ends between;
    and a query leaves nothing behind, so that the moments before and after it are one.
    """
    prepare(command)
    queries, ends = in_child(lambda: run_counted(command))
    prepare(command)
    yield in_child(lambda: outcome_of(command, "before", 0))
    count = len(queries)
    moments = [
        ("before", each) for each in range(1, count + 1) if each == 1 or not queries[each - 2]
    ]
    for when, number in (*moments, *(("after", number) for number in sorted({*ends, count}))):
        prepare(command)
        survived = in_child(lambda: run_killed(command, when, number))  # noqa: B023
        assert survived is None, f"nothing was killed {when} statement {number}"
        yield in_child(lambda: outcome_of(command, when, number))  # noqa: B023


def prepare(command: str) -> None:
    databases.wipe(connection)
    if command == "migrate_rollback":
        code, error = in_child(lambda: run("migrate"))
        assert code == 0, error


def outcome_of(command: str, when: str, number: int) -> dict[str, Any]:
    killed = state()
    code, error = run(command)
    if code == 4:
        mend()
        if command == "migrate_rollback":
            run("migrate")
        again, words = run(command)
        assert again == 0, words
    return asdict(Outcome(when, number, killed, code, error, state()))


def mend() -> None:
    """Undo by hand what is there of any migration, and say so."""
    from kit_django.runner.history import History

    with connection.cursor() as cursor:
        for statement in MEND.split(";"):
            if "ALTER" not in statement or "posts" in connection.introspection.table_names():
                cursor.execute(statement)
    for row in History(connection).rows():
        if row.is_failed:
            call_command("migrate_resolve", row.name, "--rolled-back", stdout=io.StringIO())
        else:
            History(connection).remove(row.id)


def run(command: str) -> tuple[int, str]:
    options = {"all": True, "force": True} if command == "migrate_rollback" else {}
    try:
        call_command(command, stdout=io.StringIO(), stderr=io.StringIO(), **options)
    except CommandError as error:
        return error.returncode, str(error)
    return 0, ""


def run_counted(command: str) -> tuple[list[bool], list[int]]:
    """Of each statement whether it is a query, and behind which of them a transaction ends."""
    queries: list[bool] = []
    ends: list[int] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        queries.append(QUERY.match(sql) is not None)
        return execute(sql, *rest)

    def noting(end: Callable[[], None]) -> Callable[[], None]:
        def noted() -> None:
            ends.append(len(queries))
            end()

        return noted

    wrapper: Any = connection
    wrapper._commit, wrapper._rollback = noting(wrapper._commit), noting(wrapper._rollback)
    with connection.execute_wrapper(note):
        code, error = run(command)
    assert code == 0, error
    return queries, ends


def run_killed(command: str, when: str, number: int) -> str:
    """Comes back only where the command has fewer statements than that."""
    count = 0

    def kill(execute: Any, *statement: Any) -> Any:
        nonlocal count
        count += 1
        if (when, count) == ("before", number):
            os.kill(os.getpid(), signal.SIGKILL)
        result = execute(*statement)
        if (when, count) == ("after", number):
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    with connection.execute_wrapper(kill):
        run(command)
    return "survived"


def state() -> State:
    from kit_django.runner.history import History
    from kit_django.schema.introspection import introspect

    rows = [[row.name, row.checksum, row.is_failed] for row in History(connection).rows()]
    tables = [
        repr(table)
        for table in introspect(connection)
        if table.name not in ("kit_migrations", "django_migrations")
    ]
    return State("\n".join(tables), rows, _rows_of_posts())


def _rows_of_posts() -> list[list[Any]]:
    if "posts" not in connection.introspection.table_names():
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT title FROM posts ORDER BY id")
        return [list(row) for row in cursor.fetchall()]


def in_child(function: Callable[[], Any]) -> Any:
    """The function's result, as JSON carries it, from a process of its own; None if it was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            with os.fdopen(writing, "w") as pipe:
                json.dump(function(), pipe)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        answer = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return None
    assert os.WEXITSTATUS(status) == 0, "the child failed; its traceback may be above"
    return json.loads(answer)


if __name__ == "__main__":
    main(sys.argv[1])
