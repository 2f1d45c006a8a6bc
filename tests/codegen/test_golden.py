"""Telling schemas and the models that are written of them, compared, executed and synced again.

Django 6.1 has words that older versions lack: a file for those has ``before61`` in its name.
``KIT_WRITE_GOLDEN=1`` writes the files anew.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import django
import pytest

from tests import databases
from tests.roundtrip import Soundness, soundness

if TYPE_CHECKING:
    from tests.projects import Project

FOLDER = Path(__file__).parent / "golden" / databases.vendor()
SCHEMAS = sorted(path.stem for path in FOLDER.glob("*.sql"))


def golden_file(schema: str) -> Path:
    older = FOLDER / f"{schema}.before61.txt"
    return older if django.VERSION < (6, 1) and older.exists() else FOLDER / f"{schema}.txt"


@pytest.mark.parametrize("schema", SCHEMAS)
def test_models_are_as_they_should_be(schema: str, project: Project) -> None:
    databases.load(project.connection, FOLDER / f"{schema}.sql")
    if project.connection.vendor == "postgresql":
        project.configure('INSTALLED_APPS += ["django.contrib.postgres"]')
    project.write("blog/models.py", "")
    project.run("db_sync", "--skip-migrations", check=0)
    written = project.file("blog/models.py").read_text(encoding="utf-8")
    if os.environ.get("KIT_WRITE_GOLDEN"):
        golden_file(schema).write_text(written, encoding="utf-8")
    assert written == golden_file(schema).read_text(encoding="utf-8")
    assert soundness(project) == Soundness(imports=True, checks=True, queries=True)
    again = project.run("db_sync", "--skip-migrations", check=0)
    assert again.lines[-1] == "The models are up to date."
