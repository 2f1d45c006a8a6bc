"""Fixtures: projects in which many commands run, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import databases
from tests.codegen.forks import ForkedProject

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from django.db.backends.base.base import BaseDatabaseWrapper


@pytest.fixture
def forked(connection: BaseDatabaseWrapper, tmp_path: Path) -> Iterator[ForkedProject]:
    """A project like ``project``, whose commands are forks."""
    project = ForkedProject.start_in(
        tmp_path / "project", databases.url_of(connection), connection
    )
    yield project
    project.close()
