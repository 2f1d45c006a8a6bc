"""PostgreSQL's intervals that a ``timedelta`` cannot say: months, and hours beyond a day."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

_SAYS_MORE = re.compile(rb"year|mon|-\d+:|(?:2[4-9]|[3-9]\d|\d{3,}):\d\d:")


class Interval(timedelta):
    """What psycopg makes of an interval, which is written back as it stood in the database.

    ``text`` is that: ``1 mon`` is 30 days to Python, and a month to the database.
    """

    text: str

    def __new__(cls, length: timedelta, text: str) -> Interval:
        made = super().__new__(cls, length.days, length.seconds, length.microseconds)
        made.text = text
        return made

    def __reduce__(self) -> Any:
        return Interval, (timedelta(self.days, self.seconds, self.microseconds), self.text)

    def __str__(self) -> str:
        return self.text


def keep_intervals(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Have a new connection hand out an ``Interval`` where a ``timedelta`` would say less.

    A receiver of ``connection_created``; other drivers than psycopg have no such adapters.
    """
    adapters = getattr(connection.connection, "adapters", None)
    if adapters is None:
        return
    loader, dumper = _adapters()
    adapters.register_loader("interval", loader)
    adapters.register_dumper(Interval, dumper)


@cache
def _adapters() -> tuple[type, type]:
    from psycopg.adapt import Dumper
    from psycopg.postgres import types
    from psycopg.types.datetime import IntervalLoader

    class Loader(IntervalLoader):
        def load(self, data: Any) -> timedelta:
            found, text = super().load(data), bytes(data)
            return Interval(found, text.decode()) if _SAYS_MORE.search(text) else found

    class TextDumper(Dumper):
        oid = types["interval"].oid

        def dump(self, obj: Interval) -> bytes:
            return obj.text.encode()

    return Loader, TextDumper
