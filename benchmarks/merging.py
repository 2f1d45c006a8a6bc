"""db_sync on a hand-edited models.py of many classes: one changed column against the first writing.

    python -m benchmarks.merging [--tables 1000]

Makes that many tables in SQLite, writes their models, edits each class by hand, changes one column,
and syncs again.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from benchmarks.common import Project, print_table

TABLE = """
CREATE TABLE things_{number} (
    id integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    title varchar(200) NOT NULL,
    body text,
    amount decimal(8, 2) NOT NULL DEFAULT 0,
    created_at datetime NOT NULL,
    thing_id bigint NOT NULL REFERENCES things_0 (id)
);
CREATE INDEX things_{number}_by_title ON things_{number} (title, created_at);
"""
CHANGE = "ALTER TABLE things_{number} ADD COLUMN slug varchar(50)"
SYNC = ("db_sync", "--skip-migrations")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=1000)
    count = parser.parse_args().tables
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder), ["kit_django", "blog"])
        project.write("blog/models.py", "")
        execute(project, "".join(TABLE.format(number=number) for number in range(count)))
        times = measure(project, count)
    first = times["first writing"]
    print(f"{count} tables\n")
    rows = [[name, f"{time:.2f} s", f"{time / first:.2f}"] for name, time in times.items()]
    print_table(["db_sync", "time", "of the first"], rows)


def measure(project: Project, count: int) -> dict[str, float]:
    times = {"first writing": project.time(*SYNC)}
    edit_by_hand(project)
    times["nothing changed"] = project.time(*SYNC)
    execute(project, CHANGE.format(number=count // 2))
    times["one column changed"] = project.time(*SYNC)
    text = (project.folder / "blog/models.py").read_text(encoding="utf-8")
    assert text.count("slug = ") == 1
    assert text.count("def shout") == count
    every = ";".join(
        CHANGE.format(number=number) for number in range(count) if number != count // 2
    )
    execute(project, every)
    times["a column of every table changed"] = project.time(*SYNC)
    return times


def edit_by_hand(project: Project) -> None:
    """A method, a comment and a keyword in each class."""
    path = project.folder / "blog/models.py"
    text = path.read_text(encoding="utf-8")
    text = text.replace(
        "    body = models.TextField(", "    # the text\n    body = models.TextField( "
    )
    method = "    def shout( self ):\n        return self.title.upper()\n\n    class Meta:"
    path.write_text(text.replace("    class Meta:", method), encoding="utf-8")


def execute(project: Project, script: str) -> None:
    with closing(sqlite3.connect(project.folder / "db.sqlite3")) as connection:
        connection.executescript(script)


if __name__ == "__main__":
    main()
