"""The round trip: a database, the models of it as a file, their tables in an empty database.

What comes back is compared, fact by fact, with what was there. Any models will do, so that
``inspectdb`` can be put to the same test.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kit_django.codegen.verifying.losses import compare
from kit_django.schema.introspection import introspect

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from kit_django.codegen.verifying.losses import Comparison
    from tests.projects import Project

CREATE = """
import json
import os

import dj_database_url
from django.apps import apps
from django.db import connection
from django.db.utils import ConnectionHandler

from kit_django.codegen.verifying.surroundings import surroundings_of
from kit_django.codegen.verifying.creating import create_models
from kit_django.schema.introspection import introspect

source = ConnectionHandler({"default": dj_database_url.parse(os.environ["SOURCE_URL"])})["default"]
models = apps.get_app_config("blog").get_models()
surroundings = surroundings_of(source, introspect(source))
errors = create_models(connection, models, surroundings)
print(json.dumps(errors))
"""
QUERY = """
import json

from django.apps import apps

failed = []
for model in apps.get_app_config("blog").get_models():
    try:
        list(model.objects.all()[:1])
    except Exception as error:
        failed.append(f"{model.__name__}: {error}")
print(json.dumps(failed))
"""


@dataclass(frozen=True)
class RoundTrip:
    """``problem`` is why there are no models to speak of; ``comparison`` is then None."""

    comparison: Comparison | None
    refused: tuple[str, ...] = ()
    problem: str = ""

    @property
    def share(self) -> float:
        """How much of the facts came back, from 0 to 1."""
        if self.comparison is None:
            return 0
        return self.comparison.kept / self.comparison.total


@dataclass(frozen=True)
class Soundness:
    """Whether models import, pass Django's checks, and can be queried."""

    imports: bool
    checks: bool
    queries: bool


def round_trip(project: Project, scratch: BaseDatabaseWrapper, scratch_url: str) -> RoundTrip:
    """Make the project's models in the empty database, and compare."""
    environment = {"SOURCE_URL": project.database_url, "DATABASE_URL": scratch_url}
    done = project.run("shell", "-v", "0", "-c", CREATE, env=environment)
    before = introspect(project.connection)
    if done.code:
        return RoundTrip(None, problem=done.stderr.strip().splitlines()[-1])
    refused = tuple(json.loads(done.stdout))
    return RoundTrip(compare(before, introspect(scratch)), refused)


def soundness(project: Project) -> Soundness:
    queried = project.run("shell", "-v", "0", "-c", QUERY)
    if queried.code:
        return Soundness(imports=False, checks=False, queries=False)
    checked = project.run("check", "--database", "default", "--fail-level", "WARNING")
    return Soundness(True, checked.code == 0, json.loads(queried.stdout) == [])


def write_with_inspectdb(project: Project) -> None:
    """Put what Django's ``inspectdb`` says of the database into models.py."""
    project.write("blog/models.py", "")
    source = project.run("inspectdb", check=0).stdout
    project.write("blog/models.py", source.replace("managed = False", "managed = True"))
