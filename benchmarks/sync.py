"""What db_sync takes for the models of many tables, against inspectdb and sqlacodegen.

The first models; a second sync with nothing changed, and one with one column more; beside ``inspectdb``
alone, and with black over what it prints. sqlacodegen takes part where it is on the path. All are run
in turn.

    python -m benchmarks.sync --tables 1000 --url postgresql://postgres@127.0.0.1/scratch

The database that ``--url`` names is dropped and made anew.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import database
from benchmarks.common import Measured, Project, parser, print_json, run
from benchmarks.database import SQLITE_FILE
from benchmarks.peers import address

TABLE = """\
CREATE TABLE things_{number} (
    id integer NOT NULL PRIMARY KEY,
    title varchar(200) NOT NULL,
    slug varchar(50) NOT NULL UNIQUE,
    amount decimal(8, 2) NOT NULL DEFAULT 0 CHECK (amount >= 0),
    created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    thing_id integer NOT NULL,
    FOREIGN KEY (thing_id) REFERENCES things_0 (id)
);
CREATE INDEX things_{number}_by_title ON things_{number} (title, created_at);
"""
MORE = "ALTER TABLE things_{number} ADD COLUMN nick varchar(50);\n"
LESS = "ALTER TABLE things_{number} DROP COLUMN nick;\n"
SYNC = ("db_sync", "--skip-migrations")
MODELS = "blog/models.py"


def measure(tables: int, url: str, folder: Path, repeat: int) -> Measured:
    """The seconds of each, its start included."""
    measured = Measured(f"{tables:,} tables, {address(url)}", base="inspectdb")
    project = Project(folder, ["kit_django", "blog"], url)
    database.empty(url, folder)
    database.feed(url, folder, "".join(TABLE.format(number=number) for number in range(tables)))
    for _ in range(repeat):
        project.write(MODELS, "")
        alone = inspectdb(project)
        measured.add("inspectdb", alone)
        measured.add("inspectdb, then black", alone + black(project))
        if shutil.which("sqlacodegen"):
            measured.add("sqlacodegen", sqlacodegen(project))
        measured.add("db_sync, first models", project.time(*SYNC))
        measured.add("db_sync, nothing changed", project.time(*SYNC))
        database.feed(url, folder, MORE.format(number=tables // 2))
        measured.add("db_sync, one column more", project.time(*SYNC))
        database.feed(url, folder, LESS.format(number=tables // 2))
    return measured


def inspectdb(project: Project) -> float:
    started = time.perf_counter()
    project.write("inspected.py", project.output("inspectdb"))
    return time.perf_counter() - started


def black(project: Project) -> float:
    started = time.perf_counter()
    run([sys.executable, "-m", "black", "--quiet", "inspected.py"], project.folder)
    return time.perf_counter() - started


def sqlacodegen(project: Project) -> float:
    url = project.url.replace("mysql://", "mysql+pymysql://")
    url = url.replace("postgresql://", "postgresql+psycopg://")
    started = time.perf_counter()
    run(["sqlacodegen", url or f"sqlite:///{SQLITE_FILE}"], project.folder)
    return time.perf_counter() - started


def main() -> None:
    options = parser(__doc__.partition("\n")[0])
    options.add_argument("--tables", type=int, default=1000)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(given.tables, given.url, Path(folder), given.repeat)
    found.print()
    print_json([found], given.json)


if __name__ == "__main__":
    main()
