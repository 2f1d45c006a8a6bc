"""Other tools that apply migrations, each told to do the same work in its own way.

They come from PyPI and npm into a folder that is kept; what cannot be had is left out, and said.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.common import Project, run
from benchmarks.database import SQLITE_FILE
from benchmarks.work import Step, numbered, write, write_django

HOME = Path(tempfile.gettempdir()) / "kit-django-peers"
PYTHON = HOME / "venv" / "bin"
PACKAGES = ("alembic", "yoyo-migrations", "psycopg2-binary", "pymysql", "setuptools<80")
MODULES = ("dbmate", "knex", "pg", "mysql2")
"""``sqlite3``, with which knex works on SQLite too, is built on the machine: it is used where it is there."""
MOST_FOR_DJANGO = 200  # its time grows with the square of the count

ALEMBIC_ENV = """\
from alembic import context
from sqlalchemy import create_engine

engine = create_engine(context.config.get_main_option("sqlalchemy.url"))
with engine.connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
"""
ALEMBIC = """\
from alembic import op

revision = {revision!r}
down_revision = {before!r}


def upgrade() -> None:
    for statement in {statements!r}:
        op.execute(statement)
"""
KNEX = """\
exports.up = async (knex) => {{
  for (const statement of {statements}) await knex.raw(statement);
}};
exports.down = async () => {{}};
"""


class Peer(ABC):
    """One tool, in a folder of its own."""

    name: str

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url

    @abstractmethod
    def is_there(self) -> bool: ...

    @abstractmethod
    def prepare(self, wanted: list[Step], scripts: list[list[str]]) -> None:
        """Write the migrations: each step is that list of statements."""

    @abstractmethod
    def migrate(self) -> None: ...

    @property
    def database(self) -> Path:
        return self.folder / SQLITE_FILE

    @property
    def sqlalchemy_url(self) -> str:
        if not self.url:
            return f"sqlite:///{self.database}"
        return self.url.replace("mysql://", "mysql+pymysql://")


class Django(Peer):
    name = "Django"

    def is_there(self) -> bool:
        return True

    def prepare(self, wanted: list[Step], scripts: list[list[str]]) -> None:
        self.project = Project(self.folder, ["blog"], self.url)
        write_django(self.project, wanted)

    def migrate(self) -> None:
        self.project.output("migrate", "--verbosity", "0")

    def migrate_to(self, step: Step) -> None:
        self.project.output("migrate", "blog", f"{step.number:05}_step", "--verbosity", "0")


class Alembic(Peer):
    name = "Alembic"

    def is_there(self) -> bool:
        return (PYTHON / "alembic").exists()

    def prepare(self, wanted: list[Step], scripts: list[list[str]]) -> None:
        url = self.sqlalchemy_url.replace("%", "%%")
        write(
            self.folder, "alembic.ini", f"[alembic]\nscript_location = .\nsqlalchemy.url = {url}\n"
        )
        write(self.folder, "env.py", ALEMBIC_ENV)
        before = None
        for step, statements in zip(wanted, scripts, strict=True):
            text = ALEMBIC.format(
                revision=step.stamp,
                before=before,
                statements=[each.replace(":", r"\:") for each in statements],
            )
            write(self.folder, f"versions/{step.stamp}_{step.slug}.py", text)
            before = step.stamp

    def migrate(self) -> None:
        run([str(PYTHON / "alembic"), "upgrade", "head"], self.folder)


class Yoyo(Peer):
    name = "yoyo"

    def is_there(self) -> bool:
        return (PYTHON / "yoyo").exists()

    def prepare(self, wanted: list[Step], scripts: list[list[str]]) -> None:
        for step, text in numbered(wanted, scripts):
            write(self.folder, f"migrations/{step.stamp}_{step.slug}.sql", text)

    def migrate(self) -> None:
        url = self.url or f"sqlite:///{self.database}"
        command = [str(PYTHON / "yoyo"), "apply", "--batch", "--no-config-file", "--database", url]
        run([*command, "migrations"], self.folder)


class Dbmate(Peer):
    name = "dbmate"

    @property
    def command(self) -> Path:
        return HOME / "node_modules" / ".bin" / "dbmate"

    def is_there(self) -> bool:
        if not self.command.exists():
            return False
        return not subprocess.run([self.command, "--version"], capture_output=True).returncode

    def prepare(self, wanted: list[Step], scripts: list[list[str]]) -> None:
        for step, text in numbered(wanted, scripts):
            text = f"-- migrate:up\n{text}\n-- migrate:down\n"
            write(self.folder, f"db/migrations/{step.stamp}_{step.slug}.sql", text)

    def migrate(self) -> None:
        url = self.url or f"sqlite:{self.database}"
        url += "?sslmode=disable" if url.startswith("postgres") else ""
        run([str(self.command), "--no-dump-schema", "--url", url, "migrate"], self.folder)


class Knex(Peer):
    name = "knex"

    def is_there(self) -> bool:
        driver = {"": "sqlite3", "p": "pg", "m": "mysql2"}[self.url[:1]]
        script = f"require('knex'); require({driver!r})"
        found = subprocess.run(["node", "-e", script], cwd=HOME, capture_output=True)
        return not found.returncode

    def prepare(self, wanted: list[Step], scripts: list[list[str]]) -> None:
        for step, statements in zip(wanted, scripts, strict=True):
            text = KNEX.format(
                statements=json.dumps([each.replace("?", r"\?") for each in statements])
            )
            write(self.folder, f"migrations/{step.stamp}_{step.slug}.js", text)
        write(self.folder, "knexfile.js", f"module.exports = {json.dumps(self._configuration())}")

    def _configuration(self) -> dict[str, object]:
        if not self.url:
            said = {"filename": str(self.database)}
            return {"client": "sqlite3", "connection": said, "useNullAsDefault": True}
        return {
            "client": "pg" if self.url.startswith("postgres") else "mysql2",
            "connection": self.url,
        }

    def migrate(self) -> None:
        environment = {**os.environ, "NODE_PATH": str(HOME / "node_modules")}
        command = str(HOME / "node_modules" / ".bin" / "knex")
        run([command, "migrate:latest"], self.folder, environment)


def install() -> None:
    """Bring them in, where they are not there yet and there is something to bring them with."""
    HOME.mkdir(exist_ok=True)
    if not PYTHON.exists():
        _try([sys.executable, "-m", "venv", str(PYTHON.parent)])
        _try([str(PYTHON / "pip"), "install", "--quiet", *PACKAGES])
    for module in MODULES:
        if not (HOME / "node_modules" / module).exists():
            _try(["npm", "install", "--no-audit", "--no-fund", "--prefix", str(HOME), module])


def _try(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=300)
    except (OSError, subprocess.SubprocessError) as error:
        print(f"Left out: {' '.join(command[-2:])} ({type(error).__name__})", file=sys.stderr)


def peers(folder: Path, url: str, count: int) -> Iterator[Peer]:
    """Those that are there, each in a folder of its own."""
    for kind in (Django, Alembic, Yoyo, Dbmate, Knex):
        peer = kind(folder / kind.name, url)
        if kind is Django and count > MOST_FOR_DJANGO:
            continue
        if peer.is_there():
            yield peer
        else:
            print(f"{peer.name} is not there, and left out.", file=sys.stderr)


def address(url: str) -> str:
    """What a title calls the database."""
    return {"": "SQLite", "postgresql": "PostgreSQL", "postgres": "PostgreSQL"}.get(
        urlsplit(url).scheme, "MariaDB"
    )
