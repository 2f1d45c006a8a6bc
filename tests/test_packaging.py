"""What a user is given: the wheel, the source distribution and the hooks."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest
from django.core.management import load_command_class

from kit_django.management.commands.kit import django_name
from tests.projects import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("distributions")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)
    return folder


def test_the_wheel_holds_the_package_and_nothing_beside_it(distributions: Path) -> None:
    with zipfile.ZipFile(next(distributions.glob("*.whl"))) as wheel:
        names = wheel.namelist()
    own = {name for name in names if ".dist-info/" not in name}
    package = REPOSITORY / "kit_django"
    sources = {path.relative_to(REPOSITORY).as_posix() for path in package.rglob("*.py")}
    assert own == {*sources, "kit_django/py.typed"}
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_source_distribution_can_run_the_tests(distributions: Path) -> None:
    with tarfile.open(next(distributions.glob("*.tar.gz"))) as source:
        names = [name.partition("/")[2] for name in source.getnames()]
    tops = {name.partition("/")[0] for name in names} - {".gitignore", "PKG-INFO"}
    assert tops == {
        *("CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md", "SECURITY.md"),
        *("benchmarks", "docs", "example_project", "kit_django", "manage.py", "pyproject.toml"),
        "tests",
    }


def test_a_hook_is_a_command_that_there_is() -> None:
    text = (REPOSITORY / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    entries = re.findall(r"^  entry: kit (\S+) (--check)$", text, re.MULTILINE)
    assert len(entries) == text.count("- id:") == 2
    for command, option in entries:
        name = django_name(command)
        parser = load_command_class("kit_django", name).create_parser("kit", name)
        parser.parse_args([option])
