"""Follows a page of the guide word by word, as its reader would, in an empty folder.

What a page may hold:

- ```` ```console ````: each line that starts with ``$`` is run; the lines below it are what it must
  print, where there are any. A line ``...`` stands for any number of lines. ``pip install`` is
  taken as done.
- ```` ```python ```` whose first line is ``# path/of/a/file.py``: the block becomes that file;
  with ``, at its end`` it is added to the file; with ``, generated`` it must be in the file, where
  ``models.CASCADE`` stands for Django 6.1's ``models.DB_CASCADE`` too; with ``, generated on
  SQLite`` only where the page is followed on that database. Any other block must compile.
- Blocks in other languages are for reading.

The time stamps of migrations are the reader's own: any fourteen digits equal any others.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.forks import ForkServer

FENCE = re.compile(r"^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(
    r"# (?P<path>[\w./]+\.\w+)(, (?P<how>at its end|generated)( on (?P<where>\w+))?)?"
)
FORKED = re.compile(r"(python manage\.py|django-admin) [^|&;<>$`]+")
STAMP = re.compile(r"\d{14}(?=_)")


@dataclass(frozen=True)
class Block:
    language: str
    text: str
    line: int


@dataclass(frozen=True)
class Command:
    words: str
    output: str


def blocks(page: str) -> Iterator[Block]:
    for match in FENCE.finditer(page):
        line = page.count("\n", 0, match.start()) + 1
        yield Block(match["language"], match["text"], line)


def commands(block: Block) -> Iterator[Command]:
    first, *others = re.split(r"^\$ ", block.text, flags=re.MULTILINE)
    assert not first.strip(), f"line {block.line}: output that no command printed: {first!r}"
    for other in others:
        words, _, output = other.partition("\n")
        yield Command(words.strip(), output)


def is_as_shown(shown: str, printed: str) -> bool:
    """Whether a page shows what was printed; ``...`` lines and time stamps may differ."""
    lines = _comparable(shown).splitlines(keepends=True)
    pattern = "".join(r"(?:.*\n)*?" if line == "...\n" else re.escape(line) for line in lines)
    return re.fullmatch(pattern, _comparable(printed)) is not None


def _comparable(text: str) -> str:
    lines = [line.rstrip() for line in STAMP.sub("<time>", text).strip().splitlines()]
    return "".join(f"{line}\n" for line in lines)


class Reader:
    """Someone who does what a page says. Raises AssertionError with the line where it misleads."""

    def __init__(
        self, folder: Path, environment: Mapping[str, str], server: ForkServer | None = None
    ) -> None:
        self.folder = folder
        self.environment = environment
        self.server = server

    def follow(self, page: Path, until: str = "") -> None:
        """Do all that a page says, or what it says before the heading ``until``."""
        text = page.read_text(encoding="utf-8")
        for block in blocks(text.partition(f"\n{until}\n")[0] if until else text):
            place = f"{page.name}, line {block.line}"
            if block.language == "console":
                for command in commands(block):
                    self._run(command, place)
            elif block.language == "python":
                self._take(block, place)

    def _run(self, command: Command, place: str) -> None:
        if command.words.startswith("pip install "):
            return
        if command.words.startswith("cd "):
            self.folder = self.folder / command.words.removeprefix("cd ")
            return
        code, printed = self._ran(command.words)
        assert code == 0, f"{place}: {command.words!r} failed:\n{printed}"
        if command.output.strip():
            said = f"{place}: {command.words!r} printed:\n{printed}"
            assert is_as_shown(command.output, printed), said

    def _ran(self, words: str) -> tuple[int, str]:
        """The exit code, and all that was printed. What Django's programs do is forked."""
        if self.server and FORKED.fullmatch(words):
            argv = shlex.split(words.removeprefix("python "))
            result = self.server.run(
                120, argv=argv, folder=str(self.folder), environment=self._variables(), stdin=""
            )
            return result.code, result.stdout + result.stderr
        done = subprocess.run(
            words,
            shell=True,
            cwd=self.folder,
            env=self._variables(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        return done.returncode, done.stdout

    def _variables(self) -> dict[str, str]:
        return {**self.environment, "PATH": _path(self.environment)}

    def _take(self, block: Block, place: str) -> None:
        compile(block.text, place, "exec")
        first, _, rest = block.text.partition("\n")
        match = FILE.fullmatch(first)
        if match is None:
            return
        path = self._existing(self.folder / match["path"])
        if match["where"] and match["where"].lower() not in self.environment["DATABASE_URL"]:
            return
        if match["how"] == "generated":
            written = path.read_text(encoding="utf-8").replace("models.DB_", "models.")
            assert rest.strip() in written, f"{place}: not in {path.name}"
            return
        before = path.read_text(encoding="utf-8") if match["how"] else ""
        path.write_text(f"{before}{rest}", encoding="utf-8")

    def _existing(self, path: Path) -> Path:
        """The file that the page means: a migration that was made just now has its own stamp."""
        pattern = STAMP.sub("*", path.name)
        return next(iter(sorted(path.parent.glob(pattern))), path)


def _path(environment: Mapping[str, str]) -> str:
    """The tests' own Python first, as in an activated virtual environment."""
    return f"{Path(sys.executable).parent}:{environment.get('PATH', '')}"
