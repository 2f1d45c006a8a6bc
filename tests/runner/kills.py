"""End a command at its statements, by a signal or by the server, run it again, tell what came of it.

``python -m tests.runner.kills migrate 8`` in a project's folder prints a ``Report`` as JSON, of some
eight moments or of all there are. One process that has no threads forks for each run: that takes a
tenth of what starting Python does.
"""

from __future__ import annotations

import io
import json
import os
import pickle
import re
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from django.core.management import CommandError, call_command
from django.db import connection

from kit_django.schema.dialects import dialect_of
from tests import databases

QUERY = re.compile(r"\s*(SELECT|SHOW|WITH|EXPLAIN|PRAGMA [^=]*$)", re.IGNORECASE)
OF_A_TRANSACTION = re.compile(r"\s*(BEGIN|SAVEPOINT|RELEASE|ROLLBACK)", re.IGNORECASE)
OPTIONS = {
    "migrate": {},
    "migrate_rollback": {"all": True, "force": True},
    "migrate_fresh": {"force": True},
}
RECORDS = ("kit_migrations", "django_migrations")
AFTERWARDS = "django_content_type"
"""Filled by post_migrate, behind all migrations."""
Statement = tuple[str, Any]


@dataclass(frozen=True)
class State:
    """The facts of the schema and its rows in words; Django's migrations that are applied; name, checksum
    and standing of each of kit's: ``"applied"``, ``"absent"`` for one that is claimed only, ``"failed"``."""

    facts: list[str]
    rows: dict[str, list[str]]
    django: list[str]
    history: list[list[str]]


@dataclass(frozen=True)
class Kill:
    """``how`` is a key of ``WAYS``; ``when`` is before or after the statement of that number."""

    how: str
    when: str
    number: int


@dataclass(frozen=True)
class Ending:
    """How a command ended: its exit code, its error, and the state that it left."""

    code: int
    error: str
    state: State


@dataclass(frozen=True)
class Outcome:
    """``first`` is the command that was ended; it has no code where nobody was left to say one. ``told``
    is what ``migrate`` says to what a killed ``migrate_fresh`` left. ``again`` is the same command once
    more; ``final`` is what that left, or where it had refused, what came of doing as it says. ``mended``
    is the migration that this was about."""

    kill: Kill
    first: Ending
    told: Ending | None
    again: Ending
    mended: str
    final: State


@dataclass(frozen=True)
class Report:
    """``levels`` are the states between two migrations."""

    moments: int
    levels: list[State]
    clean: State
    outcomes: list[Outcome]


# Ways to end a command


def end_process(number: signal.Signals) -> None:
    os.kill(os.getpid(), number)
    time.sleep(0)  # Python hears it here


def end_session() -> None:
    """The server ends the session that does the work."""
    wrapper: Any = connection
    raw = wrapper.connection
    ask = connection.copy()
    with ask.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SELECT pg_terminate_backend({raw.info.backend_pid}, 5000)")
        else:
            cursor.execute(f"KILL {raw.thread_id()}")
    ask.close()


def end_sessions() -> None:
    """The server ends all sessions with the database, as one that is started anew does."""
    ask = connection.copy()
    with ask.cursor() as cursor:
        databases.disconnect_others(connection.vendor, cursor, connection.settings_dict["NAME"])
    ask.close()


WAYS: dict[str, Callable[[], None]] = {
    "SIGKILL": partial(end_process, signal.SIGKILL),
    "SIGTERM": partial(end_process, signal.SIGTERM),
    "SIGINT": partial(end_process, signal.SIGINT),
    "session cut": end_session,
    "server restart": end_sessions,
}


def ways() -> list[str]:
    """SQLite has no server."""
    return [name for name in WAYS if connection.vendor != "sqlite" or name.startswith("SIG")]


# The matrix


def main(command: str, count: int) -> None:
    import django

    django.setup()
    preload()
    print(json.dumps(asdict(report(command, count))))  # noqa: T201


def preload() -> None:
    """Import once what every child would import."""
    import kit_django.management.commands.migrate
    import kit_django.management.commands.migrate_fresh
    import kit_django.management.commands.migrate_resolve
    import kit_django.management.commands.migrate_rollback
    import kit_django.operations.schema
    import kit_django.schema.introspection  # noqa: F401


def report(command: str, count: int) -> Report:
    databases.wipe(connection)
    scripts, *levels = in_child(recorded)
    if command == "migrate_rollback":
        levels = in_child(levels_down)
    prepare(command)
    queries, ends = in_child(lambda: run_counted(command))
    clean = in_child(state)
    kills = [Kill(how, *moment) for moment in moments(queries, ends) for how in ways()]
    outcomes = []
    for kill in spread(kills, count):
        prepare(command)
        ended = in_child(lambda: run_ended(command, kill))  # noqa: B023
        assert ended != "survived", f"nothing was ended: {kill}"
        outcomes.append(in_child(lambda: outcome_of(command, kill, ended, scripts)))  # noqa: B023
    return Report(len(kills), levels, clean, outcomes)


def moments(queries: list[bool], ends: list[int]) -> Iterator[tuple[str, int]]:
    """To die after a statement is to die before the next one, but where a transaction ends between;
    and a query leaves nothing behind, so that the moments before and after it are one."""
    count = len(queries)
    yield from (
        ("before", each) for each in range(1, count + 1) if each == 1 or not queries[each - 2]
    )
    yield from (("after", number) for number in sorted({*ends, count}))


def spread(kills: list[Kill], count: int) -> list[Kill]:
    """So many of them from beginning to end, and of each way as many."""
    stride = max(1, len(kills) // count)
    while stride > 1 and any(stride % each == 0 == len(ways()) % each for each in (3, 5)):
        stride -= 1
    return kills[::stride]


def prepare(command: str) -> None:
    databases.wipe(connection)
    if command != "migrate":
        ended = in_child(lambda: run("migrate"))
        assert ended[0] == 0, ended


def outcome_of(
    command: str, kill: Kill, ended: tuple[int, str] | None, scripts: dict[str, list[Statement]]
) -> Outcome:
    code, error = ended or (-1, "")
    first, told = Ending(code, error, state()), None
    if command == "migrate_fresh" and kill.number % 2:
        told = Ending(*run("migrate"), state())
    again, mended = Ending(*run(command), state()), ""
    if again.code:
        mended = mend(kill, again, scripts)
        code, error = run(command)
        assert code == 0, error
    return Outcome(kill, first, told, again, mended, state())


# What each migration does, and what a person can do who knows that


def recorded() -> list[Any]:
    """The statements of each migration, Django's too, and the states between two of them."""
    from django.db.migrations.executor import MigrationExecutor
    from django.db.migrations.recorder import MigrationRecorder

    from kit_django.runner import units

    scripts: dict[str, list[Statement]] = {}
    states = [state()]

    def noted(does: Callable[..., Any], name: Callable[..., str]) -> Callable[..., Any]:
        def noting(*args: Any, **options: Any) -> Any:
            script = scripts.setdefault(name(*args), [])

            def note(execute: Any, sql: str, params: Any, *rest: Any) -> Any:
                if not is_passing(sql):
                    script.append((sql, params))
                return execute(sql, params, *rest)

            with connection.execute_wrapper(note):
                return does(*args, **options)

        return noting

    def followed(does: Callable[..., Any]) -> Callable[..., Any]:
        def following(*args: Any, **options: Any) -> None:
            does(*args, **options)
            states.append(state())

        return following

    kit, executor, recorder = units.Up, MigrationExecutor, MigrationRecorder
    changed: Any = [
        (kit, "work", noted(kit.work, lambda unit, _: unit.name)),
        (kit, "finish", followed(kit.finish)),
        (
            executor,
            "apply_migration",
            noted(executor.apply_migration, lambda _, __, each: str(each)),
        ),
        (recorder, "record_applied", followed(recorder.record_applied)),
    ]
    for owner, method, new in changed:
        setattr(owner, method, new)
    code, error = run("migrate")
    assert code == 0, error
    return [scripts, *states]


def is_passing(sql: str) -> bool:
    is_of_history = any(name in sql for name in RECORDS)
    return bool(QUERY.match(sql) or OF_A_TRANSACTION.match(sql) or is_of_history)


def levels_down() -> list[State]:
    """As they are on the way back, where columns come back behind the others."""
    states = [state()]
    while states[0].history:
        code, error = run("migrate_rollback", force=True)
        assert code == 0, error
        states.insert(0, state())
    return states


def mend(kill: Kill, again: Ending, scripts: dict[str, list[Statement]]) -> str:
    """Undo or finish by hand what a migration had begun, say so as the error says, and return its name."""
    failed = next((name for name, _, how in again.state.history if how == "failed"), None)
    is_finished, names = bool(kill.number % 2), list(scripts)
    if failed:
        options = ["--applied" if is_finished else "--rolled-back"]
        say = lambda: call_command("migrate_resolve", failed, *options, stdout=io.StringIO())  # noqa: E731
    else:
        told = [name for name in names if f"Django's migration {name} failed" in again.error]
        assert told, f"{kill}: {again.error}"
        failed = told[0]
        say = lambda: call_command("migrate", *failed.split("."), fake=True, stdout=io.StringIO())  # noqa: E731
    make_anew(scripts[name] for name in names[: names.index(failed) + is_finished])
    if is_finished or again.code == 4:
        say()
    return failed


def make_anew(scripts: Iterator[list[Statement]]) -> None:
    unchecked = {"mysql": "SET foreign_key_checks = 0", "sqlite": "PRAGMA foreign_keys = OFF"}
    cascade = " CASCADE" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(unchecked.get(connection.vendor, "SELECT 1"))
        for each in connection.introspection.get_table_list(cursor):
            if each.name not in RECORDS:
                kind = "VIEW" if each.type == "v" else "TABLE"
                cursor.execute(f"DROP {kind} IF EXISTS {quoted(each.name)}{cascade}")
        for script in scripts:
            for sql, params in script:
                cursor.execute(sql, params)
    connection.close()


def quoted(name: str) -> str:
    return dialect_of(connection).quote_name(name)


# Runs


def run(command: str, **options: Any) -> tuple[int, str]:
    """Exit code and error, as on the command line."""
    silent = {"stdout": io.StringIO(), "stderr": io.StringIO()}
    try:
        call_command(called(command), **silent, **(options or OPTIONS[command]))
    except CommandError as error:
        return error.returncode, str(error)
    return 0, ""


def called(name: str) -> Any:
    from django.core.management import load_command_class

    command: Any = load_command_class("kit_django", name)
    command._called_from_command_line = True
    return command


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


def run_ended(command: str, kill: Kill) -> tuple[int, str] | str:
    """Comes back with a text where the command has fewer statements than that."""
    count, end, has_come = 0, WAYS[kill.how], False

    def ending(execute: Any, *statement: Any) -> Any:
        nonlocal count, has_come
        count += 1
        is_now = count == kill.number
        has_come |= is_now
        if is_now and kill.when == "before":
            end()
        result = execute(*statement)
        if is_now and kill.when == "after":
            end()
        return result

    with connection.execute_wrapper(ending):
        ended = run(command)
    return ended if has_come else "survived"


def state() -> State:
    from django.db.migrations.recorder import MigrationRecorder

    from kit_django.runner.history import History
    from kit_django.schema.introspection import introspect

    tables = [table for table in introspect(connection) if table.name not in RECORDS]
    return State(
        facts=[repr(table) for table in tables],
        rows={table.name: rows_of(table.name) for table in tables if table.name != AFTERWARDS},
        django=sorted(".".join(key) for key in MigrationRecorder(connection).applied_migrations()),
        history=[[row.name, row.checksum, standing(row)] for row in History(connection).rows()],
    )


def standing(row: Any) -> str:
    if row.is_failed:
        return "failed"
    return "applied" if row.counts_as_applied else "absent"


def rows_of(table: str) -> list[str]:
    """Without their ids, whose numbers go on behind those of a transaction that was rolled back."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {quoted(table)}")
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return sorted(repr({**row, "id": None}) for row in rows)


def in_child(function: Callable[[], Any]) -> Any:
    """The function's result from a process of its own; None if that was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(pickle.dumps(function()))
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return None
    assert os.WEXITSTATUS(status) == 0, "the child failed; its traceback may be above"
    return pickle.loads(answer)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
