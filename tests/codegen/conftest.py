"""Fixtures: projects in which many commands run, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import databases
from tests.codegen.forks import ForkedProject, ForkServer
from tests.projects import Project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from django.db.backends.base.base import BaseDatabaseWrapper


@pytest.fixture(scope="session")
def fork_server() -> Iterator[ForkServer]:
    server = ForkServer()
    yield server
    server.close()


@pytest.fixture
def forked(
    fork_server: ForkServer, connection: BaseDatabaseWrapper, tmp_path: Path
) -> ForkedProject:
    """A project like ``project``, whose commands are forks."""
    plain = Project.create(tmp_path / "project", databases.url_of(connection), connection)
    return ForkedProject(
        plain.folder, plain.database_url, connection, plain.kit_django, fork_server
    )
