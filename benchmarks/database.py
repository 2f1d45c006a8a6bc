"""Databases of the benchmarks, reached by nothing but their drivers."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SQLITE_FILE = "db.sqlite3"


def connect(url: str, folder: Path) -> Any:
    """A connection in autocommit; without a URL to the SQLite file of the project's folder."""
    parts = urlsplit(url)
    if not url:
        return sqlite3.connect(folder / SQLITE_FILE, isolation_level=None)
    name = parts.path.lstrip("/")
    if parts.scheme.startswith("postgres"):
        import psycopg

        return psycopg.connect(url, autocommit=True)
    import pymysql

    return pymysql.connect(
        host=parts.hostname or "127.0.0.1",
        port=parts.port or 3306,
        user=parts.username,
        password=parts.password or "",
        database=name,
        autocommit=True,
    )


def execute(connection: Any, statement: str) -> None:
    cursor = connection.cursor()
    cursor.execute(statement)
    cursor.close()


def empty(url: str, folder: Path) -> None:
    """Take everything out of the database."""
    if not url:
        (folder / SQLITE_FILE).unlink(missing_ok=True)
        return
    connection = connect(url, folder)
    if url.startswith("postgres"):
        execute(connection, "DROP SCHEMA public CASCADE")
        execute(connection, "CREATE SCHEMA public")
    else:
        name = urlsplit(url).path.lstrip("/").replace("`", "``")
        execute(connection, f"DROP DATABASE `{name}`")
        execute(connection, f"CREATE DATABASE `{name}`")
    connection.close()
