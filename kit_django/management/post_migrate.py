"""Django's ``post_migrate``, sent behind kit's last migration, whose tables its receivers may want."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import migrate


@contextmanager
def held_back() -> Iterator[None]:
    """What Django's command sends meanwhile is sent at the end; not so where that is an error."""
    # Django's command has no place of its own to put something before it.
    command: Any = migrate
    send = command.emit_post_migrate_signal
    held: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def hold(*args: Any, **kwargs: Any) -> None:
        held.append((args, kwargs))

    command.emit_post_migrate_signal = hold
    try:
        yield
    finally:
        command.emit_post_migrate_signal = send
    for args, kwargs in held:
        send(*args, **kwargs)
