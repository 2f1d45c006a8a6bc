"""Databases of the benchmarks, reached by nothing but their own clients."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

SQLITE_FILE = "db.sqlite3"


def client(url: str, folder: Path) -> list[str]:
    """The command that takes SQL; without a URL on the SQLite file of the folder."""
    if not url:
        return ["sqlite3", "-bail", str(folder / SQLITE_FILE)]
    parts = urlsplit(url)
    if parts.scheme.startswith("postgres"):
        return ["psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", url]
    return ["mariadb", *_mysql_words(url), parts.path.lstrip("/")]


def _mysql_words(url: str) -> list[str]:
    parts = urlsplit(url)
    words = [f"--host={parts.hostname or '127.0.0.1'}", f"--port={parts.port or 3306}"]
    words.append(f"--user={parts.username or 'root'}")
    return [*words, f"--password={parts.password}"] if parts.password else words


def feed(url: str, folder: Path, script: str) -> float:
    """Seconds that the database's client takes for the SQL, its start included."""
    path = folder / "floor.sql"
    path.write_text(script, encoding="utf-8")
    started = time.perf_counter()
    with path.open() as source:
        subprocess.run(client(url, folder), stdin=source, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def empty(url: str, folder: Path) -> None:
    """Take everything out of the database."""
    if not url:
        for path in folder.glob(f"{SQLITE_FILE}*"):
            path.unlink()
        return
    name = urlsplit(url).path.lstrip("/")
    if url.startswith("postgres"):
        # Of its own, or thousands of tables are more than one transaction can lock.
        administration = url.removesuffix(name) + "postgres"
        for sql in (f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"'):
            subprocess.run(["psql", "--quiet", administration, "--command", sql], check=True)
        return
    sql = f"DROP DATABASE IF EXISTS `{name}`; CREATE DATABASE `{name}`"
    subprocess.run(["mariadb", *_mysql_words(url), "--execute", sql], check=True)
