"""What every operation has to hold, whatever it is: one fixture, ``conform``."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

import pytest

from kit_django.exceptions import Irreversible
from kit_django.operations.schema import inverses, record
from tests.dumps import assert_same, nothing
from tests.runner.conftest import migrations
from tests.schemas import by_hand, differences, facts_of, pretend, rows_of, run, undo

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from kit_django.schema.facts import Database
    from tests.dumps import Allowance, Judge
    from tests.schemas import Change

__all__ = ["migrations"]


class Outcome(NamedTuple):
    """The facts before the change and after it, and the SQL that it took."""

    before: Database
    after: Database
    sql: list[str]


class Conform(Protocol):
    def __call__(
        self,
        change: Change,
        *,
        given: Change | None = None,
        irreversible: str = "",
        atomic: bool = True,
        same_rows: bool = True,
        allowed: Allowance = nothing,
    ) -> Outcome: ...


@pytest.fixture
def conform(
    connection: BaseDatabaseWrapper,
    request: pytest.FixtureRequest,
    dump: Judge,
) -> Conform:
    """Take a change up and down; its pretended SQL, run by hand, makes the same again.

    ``given`` is what the database holds before. ``irreversible`` is what the error says where no
    ``down()`` can be derived. ``same_rows`` is whether all rows are as they were after the way back.
    ``allowed`` is what the way back may leave otherwise in the database's own dump.
    """

    def check(
        change: Change,
        *,
        given: Change | None = None,
        irreversible: str = "",
        atomic: bool = True,
        same_rows: bool = True,
        allowed: Allowance = nothing,
    ) -> Outcome:
        first = [given] if given else []
        run(connection, *first)
        before, rows = facts_of(connection), rows_of(connection)
        dumped = dump(connection)
        sql = pretend(connection, change)
        assert differences(facts_of(connection), before) == []  # pretending changes nothing
        run(connection, change, atomic=atomic)
        after, dumped_after = facts_of(connection), dump(connection)
        again = connection
        if irreversible:
            with pytest.raises(Irreversible, match=irreversible):
                inverses(record(change, connection))
            again = request.getfixturevalue("other_connection")
            run(again, *first)
        else:
            undo(connection, change, atomic=atomic)
            assert differences(facts_of(connection), before) == []
            assert not same_rows or rows_of(connection) == rows
            assert_same(dump(connection), dumped, allowed)
        by_hand(again, sql, atomic=atomic)
        assert differences(facts_of(again), after) == []
        assert_same(dump(again), dumped_after, allowed)
        return Outcome(before, after, sql)

    return check


@pytest.fixture
def refuse(connection: BaseDatabaseWrapper) -> object:
    """A change that has to raise, and to leave everything as it was."""

    def check(
        change: Change,
        error: type[Exception],
        match: str,
        *,
        given: Change | None = None,
        atomic: bool = True,
    ) -> None:
        if given:
            run(connection, given)
        before, rows = facts_of(connection), rows_of(connection)
        with pytest.raises(error, match=match):
            run(connection, change, atomic=False)
        assert differences(facts_of(connection), before) == []
        assert rows_of(connection) == rows

    return check
