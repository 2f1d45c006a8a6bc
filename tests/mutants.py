"""Whether the tests can see: eight faults, each put into a copy of the code and looked for by the tests.

``python -m tests.mutants`` puts one after the other in, runs the tests that ought to notice, and says which
faults were killed and which survived. It exits with 1 where one survived. Names as arguments pick faults.
Most run on SQLite; what only shows on PostgreSQL needs a server, as the tests do.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "benchmarks", "*.egg-info")
FAILED = 1  # pytest's exit code where a test failed, and nothing else went wrong


@dataclass(frozen=True)
class Mutant:
    """``old`` stands once in ``file``; ``new`` in its place is the fault, which ``tests`` have to see."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    database: str = "sqlite"


MUTANTS = (
    Mutant(
        "operands without parentheses",
        "kit_django/codegen/source/rendering.py",
        'return f"({text})" if isinstance(value, Binary) else text',
        "return text",
        ("tests/codegen/test_conditions.py",),
    ),
    Mutant(
        "all texts mean the same",
        "kit_django/schema/sql/same.py",
        "    return _words(bare(sql, dialect), dialect) if tree is None else tree",
        '    return ""',
        ("tests/schema/sql/test_same.py",),
    ),
    Mutant(
        "functions are columns",
        "kit_django/schema/sql/primaries.py",
        '        if self.word() == "(" and may_be_called:\n'
        "            return self._function(names)\n"
        "        self.named.append(names[-1])\n",
        "        self.named.append(names[-1])\n"
        '        if self.word() == "(" and may_be_called:\n'
        "            return self._function(names)\n",
        ("tests/schema/sql/test_mentions.py",),
    ),
    Mutant(
        "a drop that takes a partial index for a plain one",
        "kit_django/operations/changes/indexes.py",
        'replace(found, comment="", options=()) != plain',
        'replace(found, comment="", options=(), where=None) != plain',
        ("tests/conformance/test_whole_drops.py",),
    ),
    Mutant(
        "a key that does not number itself is no drift",
        "kit_django/codegen/following/fields.py",
        "self._checks_alike() and self._numbers_alike():\n            return",
        "self._checks_alike():\n            return",
        ("tests/codegen/test_what_is_seen.py",),
        database="postgresql",
    ),
    Mutant(
        "a rename that may change null",
        "kit_django/codegen/following/renames.py",
        "if made is None or field.null != column.null or field.auto_created:",
        "if made is None or field.auto_created:",
        ("tests/codegen/test_what_is_seen.py",),
    ),
    Mutant(
        "an index with a collation is a plain one",
        "kit_django/codegen/inference/keys.py",
        "part.opclass or part.collation or part.length)",
        "part.opclass or part.length)",
        ("tests/codegen/test_what_is_seen.py",),
    ),
    Mutant(
        "a foreign key takes any definition of its columns",
        "kit_django/schema/introspection/sqlite/foreign_keys.py",
        "SQLITE.folded(each.to_table)) == wanted:",
        "wanted[1]) == wanted:",
        ("tests/schema/introspection/test_sqlite.py",),
    ),
)


def main(names: list[str]) -> int:
    chosen = [each for each in MUTANTS if not names or each.name in names]
    for tests, database in sorted({(each.tests, each.database) for each in chosen}):
        if failing := run(tests, database, REPOSITORY):
            shown = f"{' '.join(tests)} on {database}"
            print(f"Fails without any fault, with pytest's exit code {failing}: {shown}")
            return 1
    survivors = [each for each in chosen if not is_killed(each)]
    return 1 if survivors else 0


def is_killed(mutant: Mutant) -> bool:
    with tempfile.TemporaryDirectory(prefix="kit_mutant_") as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(REPOSITORY, copy, ignore=LEFT_OUT)
        path = copy / mutant.file
        path.write_text(mutated(mutant, path.read_text(encoding="utf-8")), encoding="utf-8")
        found = run(mutant.tests, mutant.database, copy)
    outcome = {FAILED: "killed", 0: "SURVIVED"}.get(found, f"BROKEN, pytest's exit code {found}")
    print(f"{outcome}: {mutant.name} ({mutant.file})", flush=True)
    return found == FAILED


def mutated(mutant: Mutant, source: str) -> str:
    """The source with the fault. Raises ValueError where its place has moved."""
    if source.count(mutant.old) != 1:
        raise ValueError(f"{mutant.file} has {mutant.old!r} {source.count(mutant.old)} times.")
    return source.replace(mutant.old, mutant.new)


def run(tests: tuple[str, ...], database: str, root: Path) -> int:
    """pytest's exit code."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    environment = {**os.environ, "PYTHONPATH": str(root), "KIT_TEST_DATABASE": database}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, check=False)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
