"""What survives the way from a database through models.py into an empty database.

For each schema of a corpus: ``db_sync`` and, beside it, Django's ``inspectdb``. A fact is a
column, its type, its null, its default, a key, an index, a check, and so on; those that are not
there do not count.

    python -m benchmarks.roundtrip CORPUS                # prints the tables
    python -m benchmarks.roundtrip CORPUS --write docs/round-trip.md

The servers are those of the tests, and so are the databases that are made, and dropped.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.common import print_table

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from kit_django.codegen.verifying.losses import Loss
    from tests.roundtrip import RoundTrip, Soundness

INTRODUCTION = """\
# The round trip

How much of a schema the generated models say is measured: the facts of database A, its models, their tables in an
empty database B, the facts of B. What differs is lost. The schemas are those of other projects; Django is {django}.

`python -m benchmarks.roundtrip CORPUS --write docs/round-trip.md` makes this page, and `db_sync --verify` does the same
with your own database and names each fact.

## Beside `inspectdb`

A fact is a table, a column, its type, null, default, comment, a key, an index, a check, a foreign key, its actions.
Models are *sound* when they import, pass Django's checks without a warning, and every one can be queried. A dash stands
where their tables cannot be made at all.

"""
LOSSES = """
## What is lost

Nothing that Django's models have words for. These are the facts that they have none for, or that Django says in a way
of its own:

- *deferrability*: Django's foreign keys are `DEFERRABLE INITIALLY DEFERRED` on PostgreSQL and SQLite.
- *foreign key on update*, and *on delete* `RESTRICT`: Django's foreign keys have no such actions.
- *numbering*: Django numbers by an identity column; a `serial`, or a default from a sequence, comes back as one.
- *primary key*, *null*: a model needs a key where the table has none, and a key is never null.
- *trigger*, *table option* (partitions, engines, collations of tables): no part of a model.
- *index name*: on MariaDB and MySQL two tables may each have an index of one name; among models it is unique.

"""


@dataclass(frozen=True)
class Result:
    schema: str
    tables: int
    kit: RoundTrip
    kit_soundness: Soundness
    peer: RoundTrip
    peer_soundness: Soundness


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--write", type=Path, metavar="PAGE")
    given = parser.parse_args()
    os.environ["KIT_CORPUS"] = str(given.corpus)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

    import django

    django.setup()
    results = list(measure(given.corpus))
    page = io.StringIO()
    with contextlib.redirect_stdout(page):
        print(INTRODUCTION.format(django=django.get_version()), end="")
        print_table(HEAD, map(row, results))
        print(LOSSES, end="")
        print_losses(results)
    print(page.getvalue())
    if given.write:
        given.write.write_text(page.getvalue(), encoding="utf-8")


HEAD = ("schema", "tables", "facts", "`db_sync`", "sound", "`inspectdb`", "sound")


def measure(corpus: Path) -> Iterator[Result]:
    from tests import databases

    for vendor in databases.VENDORS:
        for path in sorted((corpus / vendor).glob("*.sql")):
            with scratch(vendor, "a") as source, scratch(vendor, "b") as target:
                databases.load(source, path)
                yield compared(f"{vendor}/{path.stem}", source, target)


@contextlib.contextmanager
def scratch(vendor: str, suffix: str) -> Iterator[BaseDatabaseWrapper]:
    """An empty database that is dropped at the end."""
    from django.db.utils import ConnectionHandler

    from tests import databases

    with tempfile.TemporaryDirectory() as folder:
        name = databases.scratch_name(f"roundtrip_{suffix}")
        name = str(Path(folder) / name) if vendor == "sqlite" else name
        databases.create(vendor, name)
        connection = ConnectionHandler({"default": databases.settings_of(vendor, name)})["default"]
        try:
            yield connection
        finally:
            connection.close()
            databases.drop(vendor, name)


def compared(schema: str, source: BaseDatabaseWrapper, target: BaseDatabaseWrapper) -> Result:
    from kit_django.schema.introspection import introspect
    from tests import databases
    from tests.projects import Project
    from tests.roundtrip import round_trip, soundness, write_with_inspectdb

    with tempfile.TemporaryDirectory() as folder:
        project = Project.create(Path(folder), databases.url_of(source), source)
        if source.vendor == "postgresql":
            project.configure('INSTALLED_APPS += ["django.contrib.postgres"]')
        project.run("db_sync", "--skip-migrations", check=0)
        kit_soundness = soundness(project)
        kit = round_trip(project, target, databases.url_of(target))
        empty(target)
        write_with_inspectdb(project)
        peer_soundness = soundness(project)
        peer = round_trip(project, target, databases.url_of(target))
    tables = len(introspect(source).tables)
    return Result(schema, tables, kit, kit_soundness, peer, peer_soundness)


def empty(connection: BaseDatabaseWrapper) -> None:
    from tests import databases

    name = connection.settings_dict["NAME"]
    connection.close()
    databases.create(connection.vendor, name)


def row(result: Result) -> tuple[object, ...]:
    assert result.kit.comparison is not None
    return (
        result.schema,
        result.tables,
        result.kit.comparison.total,
        percent(result.kit),
        word(result.kit_soundness),
        percent(result.peer),
        word(result.peer_soundness),
    )


def percent(trip: RoundTrip) -> str:
    return f"{trip.share:.0%}" if trip.comparison is not None else "-"


def word(sound: Soundness) -> str:
    if not sound.imports:
        return "does not import"
    if not sound.checks:
        return "fails the checks"
    return "yes" if sound.queries else "cannot be queried"


def print_losses(results: list[Result]) -> None:
    kinds = sorted({loss.kind for each in results for loss in losses(each)})
    rows = []
    for result in results:
        counted = Counter(loss.kind for loss in losses(result))
        rows.append((result.schema, *(counted[kind] or "" for kind in kinds)))
    print_table(("schema", *kinds), rows)


def losses(result: Result) -> tuple[Loss, ...]:
    assert result.kit.comparison is not None
    return result.kit.comparison.losses


if __name__ == "__main__":
    main()
