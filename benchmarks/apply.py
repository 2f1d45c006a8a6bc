"""How long it takes to apply N migrations: the floor, kit_django, and other tools.

Migrations make one table each, with a key, a unique text, two points in time and an indexed foreign
key to the table before it; or add one column each to one of twenty tables. The floor is the same SQL
by the database's own client, one transaction a migration, with a row of history. Times include the
start of the command. All are run in turn, round after round; a ratio is the median of those of the
rounds.

    python -m benchmarks.apply --counts 100 1000
    python -m benchmarks.apply --counts 1000 --url postgresql://postgres@127.0.0.1/scratch

The database that ``--url`` names is dropped and made anew for each.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import database
from benchmarks.common import Measured, Project, parser, print_json
from benchmarks.peers import Django, Peer, address, install, peers
from benchmarks.work import Kind, Step, steps, write_kit

HISTORY = "CREATE TABLE history (name varchar(255) PRIMARY KEY, applied varchar(40))"


class Bench:
    """One kind of work of one size on one database."""

    def __init__(self, kind: Kind, count: int, url: str, folder: Path, *, alone: bool) -> None:
        self.url, self.folder = url, folder
        self.before, self.wanted = steps(kind, count)
        title = f"{count:,} {kind}-table migrations, {address(url)}"
        self.measured = Measured(title, base="the floor")
        self.kit = Project(folder / "kit", ["kit_django", "blog"], url)
        write_kit(self.kit, self.before + self.wanted)
        database.empty(url, self.kit.folder)
        self.scripts = self._scripts()
        self.peers = [] if alone else [*peers(folder, url, count)]
        for peer in self.peers:
            peer.prepare(self.before + self.wanted, self.scripts)

    def _scripts(self) -> list[list[str]]:
        """The statements of each migration, but for those on kit's own history."""
        printed = self.kit.output("migrate", "--pretend", "--format", "json")
        pretended = {each["name"]: each["statements"] for each in json.loads(printed)["pretended"]}
        names = (f"{step.stamp}_{step.slug}" for step in self.before + self.wanted)
        return [pretended[name][:-1] for name in names]

    def run(self, repeat: int) -> Measured:
        for _ in range(repeat):
            self._time("the floor", self.kit.folder, lambda: self._feed(one=False))
            if self.can_be_one:
                self._time(
                    "the floor, one transaction", self.kit.folder, lambda: self._feed(one=True)
                )
            self._time_kit("kit_django")
            if self.can_be_one:
                self._time_kit("kit_django, --single-transaction", "--single-transaction")
            self.measured.add("kit_django, nothing to do", self.kit.time("migrate"))
            for peer in self.peers:
                self._time_peer(peer)
        return self.measured

    @property
    def can_be_one(self) -> bool:
        return not self.url.startswith("mysql")

    def _time(self, name: str, folder: Path, work: Callable[[], float]) -> None:
        database.empty(self.url, folder)
        self.measured.add(name, work())

    def _time_kit(self, name: str, *options: str) -> None:
        database.empty(self.url, self.kit.folder)
        self._hide(self.kit.folder / "migrations", "*.py", lambda: self.kit.output("migrate"))
        self.measured.add(name, self.kit.time("migrate", *options))

    def _time_peer(self, peer: Peer) -> None:
        database.empty(self.url, peer.folder)
        for folder, pattern in (("versions", "*.py"), ("migrations", "*"), ("db/migrations", "*")):
            if self.before and (peer.folder / folder).is_dir():
                self._hide(peer.folder / folder, pattern, peer.migrate)
        if self.before and isinstance(peer, Django):
            peer.migrate_to(self.before[-1])
        started = time.perf_counter()
        peer.migrate()
        self.measured.add(peer.name, time.perf_counter() - started)

    def _hide(self, folder: Path, pattern: str, migrate: Callable[[], object]) -> None:
        """Have what comes before done, while what is to be measured is out of sight."""
        if not self.before:
            return
        hidden = folder.with_name(f"{folder.name}-hidden")
        hidden.mkdir()
        seen = {step.stamp for step in self.before}
        away = [path for path in folder.glob(pattern) if path.name[:14] not in seen]
        for path in away:
            path.rename(hidden / path.name)
        migrate()
        for path in away:
            (hidden / path.name).rename(path)
        hidden.rmdir()

    def _feed(self, *, one: bool) -> float:
        first = len(self.before)
        made = [HISTORY, *(sql for script in self.scripts[:first] for sql in script)]
        database.feed(self.url, self.kit.folder, "".join(f"{sql};\n" for sql in made))
        lines = [
            line
            for step, script in zip(self.wanted, self.scripts[first:], strict=True)
            for line in self._transaction(step, script, one=one)
        ]
        lines = ["BEGIN", *lines, "COMMIT"] if one else lines
        return database.feed(self.url, self.kit.folder, "".join(f"{line};\n" for line in lines))

    def _transaction(self, step: Step, script: list[str], *, one: bool) -> list[str]:
        row = f"INSERT INTO history VALUES ('{step.slug}', CURRENT_TIMESTAMP)"
        return [*script, row] if one else ["BEGIN", *script, row, "COMMIT"]


def main() -> None:
    options = parser(__doc__.partition("\n")[0])
    options.add_argument("--counts", nargs="+", type=int, default=[100, 1000])
    options.add_argument(
        "--kinds", nargs="+", choices=["create", "alter"], default=["create", "alter"]
    )
    options.add_argument("--alone", action="store_true", help="without the other tools")
    given = options.parse_args()
    if not given.alone:
        install()
    found = []
    for kind in given.kinds:
        for count in given.counts:
            with tempfile.TemporaryDirectory() as folder:
                bench = Bench(kind, count, given.url, Path(folder), alone=given.alone)
                found.append(bench.run(given.repeat))
            found[-1].print()
    print_json(found, given.json)


if __name__ == "__main__":
    main()
