"""The faults of ``tests.mutants`` still have their places in the code, and are Python with them."""

from __future__ import annotations

from tests.mutants import MUTANTS, REPOSITORY, mutated


def test_each_fault_has_its_place() -> None:
    for mutant in MUTANTS:
        source = (REPOSITORY / mutant.file).read_text(encoding="utf-8")
        faulty = mutated(mutant, source)
        assert faulty != source
        compile(faulty, mutant.file, "exec")
        assert all((REPOSITORY / test).is_file() for test in mutant.tests)
