"""Why a database refused, where that is no fault of the migration's, and what to do then."""

from __future__ import annotations

from typing import Literal

Cause = Literal[
    "lock",
    "deadlock",
    "timeout",
    "connection",
    "rights",
    "read-only",
    "disk",
    "room",
    "label",
]

ADVICE: dict[Cause, str] = {
    "lock": (
        "Let the others end their transactions, or give more time with --statement-lock-timeout; then "
        "run {command} again."
    ),
    "deadlock": "Run {command} again.",
    "timeout": (
        "It took longer than it may, or somebody ended it. Give the statement more time with "
        "--statement-timeout, or have it do less; then run {command} again."
    ),
    "connection": "See that the database is there and stays there, then run {command} again.",
    "rights": "Give the user of this connection the right to do that, then run {command} again.",
    "read-only": (
        "The database takes no changes here. Connect to the one that does, then run {command} again."
    ),
    "label": (
        "A label that was added to an enum can be used by SQL when its transaction has ended: use it in "
        "a migration of its own, or say atomic = False in this one. Then run {command} again."
    ),
    "room": (
        "The server has no room for so many locks in one transaction. Make several migrations of this one "
        "(make_migration --from-database takes --split 50), or raise max_locks_per_transaction; then run "
        "{command} again."
    ),
    "disk": "See that the database's disk works and has room, then run {command} again.",
}
PASSING: tuple[Cause, ...] = ("lock", "deadlock")
"""What may be over when the migration is tried again."""
