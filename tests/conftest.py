"""Fixtures: an empty database, the schemas of the corpus, a throw-away project."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db import connections
from hypothesis import HealthCheck, settings

from tests import databases
from tests.dumps import dump_of
from tests.forks import ForkedProject, ForkServer
from tests.projects import REPOSITORY, Project

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper
    from pytest_django import DjangoDbBlocker

    from tests.dumps import Dump, Judge

# A file that is written twice in a second, as those of the tests' projects are, may have the bytecode of
# the first: Python goes by the second and the size.
sys.dont_write_bytecode = True
os.environ["PYTHONDONTWRITEBYTECODE"] = "1"

settings.register_profile(
    "kit",
    deadline=None,  # a database takes the time that it takes
    derandomize=databases.are_required(),
    print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("kit")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--only-with-database",
        action="store_true",
        help="leave out the tests that need no database: they have run with another one",
    )


def pytest_report_header() -> str:
    return f"database: {databases.vendor()}, by {databases.driver()}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests have counted, as ``record_property("figures", ...)``."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "figures":
                terminalreporter.write_line(str(value))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is for another database: it runs where that one is tested."""
    only_with_database = config.getoption("--only-with-database")
    left_out = [item for item in items if not _is_for(item, only_with_database)]
    items[:] = [item for item in items if item not in set(left_out)]
    config.hook.pytest_deselected(items=left_out)


def _is_for(item: pytest.Item, only_with_database: bool) -> bool:
    vendors = [name for mark in item.iter_markers("databases") for name in mark.args]
    if vendors:
        return databases.vendor() in vendors
    return not only_with_database or "vendor" in getattr(item, "fixturenames", ())


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """``corpus_file`` runs a test once for each schema of the corpus for this database."""
    if "corpus_file" in metafunc.fixturenames:
        files = _corpus_files()
        metafunc.parametrize("corpus_file", files or [None], ids=[path.stem for path in files])


def _corpus_files() -> list[Path]:
    folder = os.environ.get("KIT_CORPUS")
    return sorted((Path(folder) / databases.vendor()).glob("*.sql")) if folder else []


@pytest.fixture(scope="session")
def vendor() -> str:
    """``"sqlite"``, ``"postgresql"`` or ``"mysql"`` (MariaDB too), as ``connection.vendor``."""
    return databases.vendor()


@pytest.fixture(scope="session")
def scratch(vendor: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The databases of this process, made at its first use of them and dropped at its end."""
    with django_db_blocker.unblock():
        if problem := databases.ask(vendor).problem:
            databases.missing(problem)
        names = [databases.scratch_name(), databases.scratch_name("other")]
        if vendor != "sqlite":
            for name in names:
                databases.create(vendor, name)
    yield
    with django_db_blocker.unblock():
        if vendor != "sqlite":
            for name in names:
                databases.drop(vendor, name)


@pytest.fixture
def connection(
    scratch: None, tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> Iterator[BaseDatabaseWrapper]:
    """``connections["default"]``, new and in autocommit, on a database that is empty."""
    with django_db_blocker.unblock():
        yield from _fresh_connection("default", tmp_path)


@pytest.fixture
def other_connection(
    scratch: None, tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> Iterator[BaseDatabaseWrapper]:
    """``connections["other"]``: a second empty database, as for a round trip."""
    with django_db_blocker.unblock():
        yield from _fresh_connection("other", tmp_path)
        databases.wipe(connections["other"])  # a test of the first one can see it by its name
        _forget("other")


def _fresh_connection(alias: str, folder: Path) -> Iterator[BaseDatabaseWrapper]:
    """A wrapper of its own for each test: what one leaves in it cannot reach the next."""
    _forget(alias)
    if databases.vendor() == "sqlite":
        connections.settings[alias]["NAME"] = str(folder / f"{alias}.sqlite3")
    connection = connections[alias]
    databases.wipe(connection)
    yield connection
    _forget(alias)


def _forget(alias: str) -> None:
    connections[alias].close()
    del connections[alias]


@pytest.fixture
def wipe() -> Callable[[BaseDatabaseWrapper], None]:
    """Empties a database in the middle of a test, as between the examples of a property test."""
    return databases.wipe


@pytest.fixture
def dump() -> Judge:
    """What a connection's database says of itself through its own tool; skips where there is none."""

    def judge(connection: BaseDatabaseWrapper) -> Dump:
        try:
            return dump_of(connection)
        except FileNotFoundError as error:
            databases.missing(str(error))
            raise

    return judge


@pytest.fixture
def corpus(connection: BaseDatabaseWrapper) -> Callable[[str], Path]:
    """``corpus("sakila")`` loads that schema into the database; skips where there is none."""

    def load(name: str) -> Path:
        files = {path.stem: path for path in _corpus_files()}
        if not os.environ.get("KIT_CORPUS"):
            databases.missing("KIT_CORPUS does not say where the corpus of schemas is.")
        if name not in files:
            pytest.skip(f"The corpus has no schema {name} for {connection.vendor}.")
        try:
            databases.load(connection, files[name])
        except FileNotFoundError as error:
            databases.missing(str(error))
        return files[name]

    return load


@pytest.fixture
def corpus_schema(corpus: Callable[[str], Path], corpus_file: Path | None) -> Path:
    """Each schema of the corpus in turn, loaded; the path of its file."""
    return corpus(corpus_file.stem if corpus_file else "")


@pytest.fixture(scope="session")
def fork_server() -> Iterator[ForkServer]:
    server = ForkServer()
    yield server
    server.close()


@pytest.fixture
def project(
    fork_server: ForkServer, connection: BaseDatabaseWrapper, tmp_path: Path
) -> ForkedProject:
    """A Django project of its own, on the same database as ``connection``; its commands are forks."""
    plain = Project.create(tmp_path / "project", databases.url_of(connection), connection)
    return ForkedProject(plain.folder, plain.database_url, connection, server=fork_server)


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with kit_django as its wheel has it, to be on the path of a new user's Python."""
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
    )
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extractall(folder)
    _lend_driver(folder)
    return folder


@pytest.fixture(scope="session")
def user_server(installed: Path) -> Iterator[ForkServer]:
    """As ``fork_server``, with the kit_django of ``installed``."""
    server = ForkServer(installed)
    yield server
    server.close()


def _lend_driver(folder: Path) -> None:
    """Let PyMySQL stand in for mysqlclient without a word in the new user's settings."""
    if "pymysql" in sys.modules:
        shim = "import sys\n\nimport pymysql\n\nsys.modules[__name__] = pymysql\n"
        (folder / "MySQLdb.py").write_text(shim, encoding="utf-8")
