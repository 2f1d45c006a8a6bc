"""``python -m tests [pytest's arguments]``: the suite on each database that answers."""

from __future__ import annotations

import os
import subprocess
import sys

import django
import pytest

from tests import databases

NOTHING_TO_RUN = pytest.ExitCode.NO_TESTS_COLLECTED


def main(arguments: list[str]) -> int:
    """Run the tests once for each database, say which ran, and return the exit code."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    vendors = os.environ.get("KIT_TEST_DATABASES", " ".join(databases.VENDORS)).split()
    answers = {vendor: databases.ask(vendor) for vendor in vendors}
    codes = {
        vendor: _test(vendor, arguments) for vendor, answer in answers.items() if answer.version
    }
    print("\nDatabases tested:")
    for vendor, answer in answers.items():
        print(f"  {vendor:<11} {_outcome(answer, codes.get(vendor))}")
    missing = databases.are_required() and len(codes) < len(answers)
    failed = set(codes.values()) - {pytest.ExitCode.OK, NOTHING_TO_RUN}
    return 1 if missing or failed or set(codes.values()) == {NOTHING_TO_RUN} else 0


def _test(vendor: str, arguments: list[str]) -> int:
    print(f"\n=== {vendor}", flush=True)
    processes = os.environ.get("KIT_TEST_PROCESSES", "2")
    options = ["-n", processes, "--dist", "worksteal"]  # the tests differ in length a thousandfold
    if vendor != "sqlite":
        options.append("--only-with-database")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *arguments],
        env={**os.environ, "KIT_TEST_DATABASE": vendor},
        check=False,
    )
    return done.returncode


def _outcome(answer: databases.Answer, code: int | None) -> str:
    if code is None:
        return f"NOT TESTED: {answer.problem}"
    words: dict[int, str] = {
        pytest.ExitCode.OK: "passed",
        NOTHING_TO_RUN: "none of these tests needs it",
    }
    return f"{words.get(code, 'FAILED')}: {answer.version}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
