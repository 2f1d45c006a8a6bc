"""What a command costs that has nothing to do, against Django's own ``showmigrations``.

``migrate`` and ``migrate_status`` with N applied migrations, and ``migrate_status`` with N pending ones,
beside ``manage.py showmigrations`` of an empty project on the same database. All are run in turn. What is
measured is the command's time of the processor, its start included: there is little to wait for.

    python -m benchmarks.noop --count 10000 --url mysql://root@127.0.0.1/scratch

The database that ``--url`` names is dropped and made anew.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks import database
from benchmarks.common import Measured, Project, parser, print_json
from benchmarks.peers import address
from benchmarks.work import steps, write_kit

ANOTHER_HISTORY = 'KIT["HISTORY_TABLE"] = "another_history"\n'
"""So that on one database nothing is applied for one project, and all for the other."""


def measure(count: int, url: str, folder: Path, repeat: int) -> Measured:
    """The seconds of the processor of each command, its start included."""
    measured = Measured(f"{count:,} migrations, {address(url)}", base="showmigrations")
    _, wanted = steps("create", count)
    pending = Project(folder / "pending", ["kit_django", "blog"], url)
    write_kit(pending, wanted)
    pending.write("settings.py", f"{(pending.folder / 'settings.py').read_text()}{ANOTHER_HISTORY}")
    applied = Project(folder / "applied", ["kit_django", "blog"], url)
    write_kit(applied, wanted)
    empty = Project(folder / "empty", ["blog"], url)
    for project in (pending, applied, empty):
        database.empty(url, project.folder)
    applied.output("migrate", "--fake")
    for _ in range(repeat + 1):  # the first round fills the caches, and is not counted
        measured.add("showmigrations", empty.processor_time("showmigrations"))
        measured.add("migrate, all applied", applied.processor_time("migrate"))
        measured.add("migrate_status, all applied", applied.processor_time("migrate_status"))
        measured.add("migrate_status, all pending", pending.processor_time("migrate_status"))
    for times in measured.times.values():
        del times[0]
    return measured


def main() -> None:
    options = parser(__doc__.partition("\n")[0])
    options.add_argument("--count", type=int, default=10_000)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(given.count, given.url, Path(folder), given.repeat)
    found.print()
    print_json([found], given.json)


if __name__ == "__main__":
    main()
