"""On which host, and as which of its users, a command is run: what the history notes of a migration."""

from __future__ import annotations

import functools
import socket


@functools.cache
def host() -> str:
    return _storable(socket.gethostname())


@functools.cache
def username() -> str | None:
    """None in a container whose user has no name."""
    import getpass  # what only reads the history needs none of it

    try:
        return _storable(getpass.getuser())
    except (OSError, KeyError, ImportError):  # before Python 3.13 it is one of the latter two
        return None


def _storable(name: str) -> str:
    """Names come from the environment, which may hold bytes that are no text."""
    return name.encode(errors="replace").decode()
