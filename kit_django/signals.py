"""What Laravel's migrator tells, as Django's signals. ``sender`` is the migration's class, or None of a
whole run; ``using`` is the database's alias, ``method`` is ``"up"`` or ``"down"``.

They are sent outside of the migrations' own transactions. What a receiver raises ends the run there;
what was applied before stays applied. After an error there is no ``..._ended``.
"""

from __future__ import annotations

from django.dispatch import Signal

migrations_started = Signal()
"""Before the first migration of a run: ``using``, ``method``, ``names``."""

migrations_ended = Signal()
"""After the last one: ``using``, ``method``, ``names``."""

migration_started = Signal()
"""Before one: ``using``, ``method``, ``name``."""

migration_ended = Signal()
"""After one: ``using``, ``method``, ``name``, ``duration_ms``."""

no_pending_migrations = Signal()
"""There was nothing to do: ``using``, ``method``."""
