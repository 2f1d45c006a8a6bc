"""The errors that kit_django raises. Each message is one paragraph: what, where, what to do next."""

from __future__ import annotations


class KitError(Exception):
    """Something that the user can mend. Commands print it without a traceback."""

    exit_code = 1
    advice = ""
    """What to do next, where that is known apart from the message."""


class ConfigurationError(KitError):
    """settings.KIT, or what it points to, cannot be used."""


class UsageError(KitError):
    """The command was called with words that do not fit together."""

    exit_code = 2


class MigrationFileError(KitError):
    """A migration file cannot be used as one."""


class HistoryError(KitError):
    """The history table and the migration files do not fit together."""


class MigrationFailed(KitError):
    """A migration raised; nothing of it is left unless the message says so."""


class SeedingFailed(KitError):
    """A seeder raised; nothing of what it made is left."""


class FailedMigrationWaits(KitError):
    """An earlier migration stopped half-way and has to be resolved first."""

    exit_code = 4
    advice = "Mend the database by hand, then say with migrate_resolve how it stands."


class LockTimeout(KitError):
    """Another runner held the lock for longer than we were told to wait."""

    exit_code = 3
    advice = "Wait for the other runner to end, or give more time with --lock-timeout."


class LockUnavailable(KitError):
    """The lock that keeps other runners out cannot be had here at all."""


class OperationError(KitError):
    """An operation cannot do what it was asked to; it has touched nothing."""


class UnknownTable(OperationError):
    """An operation names a table that the database does not have."""


class UnknownColumn(OperationError):
    """An operation names a column that its table does not have."""


class NotSupported(OperationError):
    """The database has no such feature."""


class Irreversible(KitError):
    """An operation has no inverse, so down() cannot be derived from up()."""


class Prohibited(KitError):
    """A destructive command was refused."""


class SyncError(KitError):
    """The models cannot be brought up to date; no file was written."""


class DatabasesDiffer(KitError):
    """A database is not what migrations make; nothing was written or recorded."""


class DumpUnusable(KitError):
    """A schema dump cannot be written, or is none that could be loaded."""


class UnsupportedDatabase(ConfigurationError):
    """A connection leads to a kind of database that kit_django does not know."""


class UnreadableStatement(KitError):
    """A database keeps a statement that kit_django cannot follow, so what it holds is not known."""
