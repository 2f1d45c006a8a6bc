"""The fixture ``migrator``, which pytest finds by the package's entry point."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kit_django.testing import Migrator


@pytest.fixture
def migrator(transactional_db: None) -> Iterator[Migrator]:  # noqa: ARG001 - it goes around
    """Brings the test database to a migration and back; behind the test it is where it was."""
    from kit_django.testing import migrating

    with migrating() as found:
        yield found
