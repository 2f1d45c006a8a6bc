"""A database that is there becomes migrations, which make the same one anywhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from kit_django.codegen.adopting.running import run as run_step
from kit_django.codegen.adopting.running import steps_of
from tests.commands.test_migrate import MODEL
from tests.conformance.full import LISTS, MEANINGS, full
from tests.dumps import assert_same
from tests.schemas import by_hand, facts_of, run

if TYPE_CHECKING:
    from pathlib import Path

    from django.db.backends.base.base import BaseDatabaseWrapper

    from tests.dumps import Dump, Judge, Lines
    from tests.projects import Project
    from tests.runner.conftest import Migrations, Outcome


def adopt(migrations: Migrations, *args: str) -> Outcome:
    return migrations.run("make_migration", "baseline", "--from-database", *args)


def sources(migrations: Migrations) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted(migrations.folder.glob("*.py"))]


def assert_rebuilt(
    migrations: Migrations, other: BaseDatabaseWrapper, dump: Judge, expected: Dump
) -> None:
    """The files make a database of the same dump, and leave an empty one behind."""
    steps = [steps_of(source) for source in sources(migrations)]
    for up, _ in steps:
        run_step(other, up)
    assert_same(dump(other), expected, without_the_servers_own)
    for _, down in reversed(steps):
        run_step(other, down)
    assert facts_of(other).tables == ()


def without_the_servers_own(part: str, lines: Lines) -> Lines:
    """A new database has a comment and rights on its schema, which go when that is made anew."""
    return () if part.endswith(" - SCHEMA public") else lines


def test_real_schemas(
    migrations: Migrations,
    other_connection: BaseDatabaseWrapper,
    dump: Judge,
    corpus_schema: Path,
) -> None:
    outcome = adopt(migrations)
    assert outcome.code == 0, outcome.error
    assert "nothing differs" in outcome.stdout
    assert_rebuilt(migrations, other_connection, dump, dump(migrations.connection))


def test_everything_that_a_database_can_hold(
    migrations: Migrations, other_connection: BaseDatabaseWrapper, dump: Judge
) -> None:
    run(migrations.connection, full)
    outcome = adopt(migrations, "--split", "3")
    assert outcome.code == 0, outcome.error
    assert len(sources(migrations)) > 1
    assert_rebuilt(migrations, other_connection, dump, dump(migrations.connection))


@pytest.mark.databases("postgresql")
def test_what_the_facts_of_tables_leave_out_comes_along(
    migrations: Migrations, other_connection: BaseDatabaseWrapper, dump: Judge
) -> None:
    by_hand(
        migrations.connection,
        [
            r"""CREATE FUNCTION short(t text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
                SELECT regexp_replace(lower(t), '\d', '')$$""",
            "CREATE FUNCTION bare(t text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT short(t)'",
            """CREATE TABLE posts (id serial PRIMARY KEY, title varchar(9) DEFAULT NULL,
                price numeric(8, 2) DEFAULT NULL, "a %" char(3)[] DEFAULT NULL)""",
            "CREATE TABLE older () INHERITS (posts)",
            "CREATE INDEX by_title ON posts (bare(title))",
            "CREATE TEXT SEARCH CONFIGURATION ours (COPY = simple)",
            """CREATE FUNCTION found(t text) RETURNS tsvector LANGUAGE sql IMMUTABLE AS
                $$SELECT to_tsvector('ours', t)$$""",
            "CREATE INDEX by_words ON posts USING gin (found(title))",
            "CREATE FUNCTION about(p posts) RETURNS integer LANGUAGE sql AS 'SELECT 1'",
            "CREATE VIEW titles AS SELECT title FROM posts",
            "ALTER VIEW titles ALTER title SET DEFAULT NULL::varchar",
        ],
    )
    outcome = adopt(migrations)
    assert outcome.code == 0, outcome.error
    assert_rebuilt(migrations, other_connection, dump, dump(migrations.connection))


def test_names_and_texts_are_data(
    migrations: Migrations, other_connection: BaseDatabaseWrapper, dump: Judge
) -> None:
    nasty = 'x\'"""\n\\ # %s {0}'

    def make(schema):
        with schema.create_table("a.b \"c' %s") as table:
            table.id()
            table.string('from \'"""\'', max_length=60, default=nasty)
        with schema.create_table("plain") as table:
            table.id()
            table.string("name", max_length=60, default=nasty)
        schema.create_view("odd", f'SELECT id FROM plain /* """ {chr(92)} */')

    if migrations.connection.vendor == "postgresql":
        by_hand(migrations.connection, ['CREATE SCHEMA "a"'])
    run(migrations.connection, make)
    outcome = adopt(migrations)
    assert outcome.code == 0, outcome.error
    assert_rebuilt(migrations, other_connection, dump, dump(migrations.connection))


def staff(schema):
    with schema.create_table("teams") as table:
        table.id()
        table.string("name", max_length=40, unique=True)
    with schema.create_table("people") as table:
        table.id()
        table.string("email", max_length=100, null=True)
        table.decimal("wage", 8, 2, default=0)
        table.foreign_id("team_id", references="teams", on_delete="cascade")


def people(schema):
    staff(schema)
    with schema.alter_table("teams") as table:
        table.foreign_id("lead_id", references="people", null=True)


def joined(source: str) -> str:
    """With a call that black has broken into lines on one of them again."""
    return re.sub(r"(?<=\()\s+|(?<=,)\s*\n\s+", "", source).replace(",", ", ").replace(",  ", ", ")


def test_tables_are_said_as_a_person_would(migrations: Migrations) -> None:
    run(migrations.connection, people)
    assert adopt(migrations).code == 0
    (source,) = sources(migrations)
    for line in (
        'with schema.create_table("people") as table:',
        "table.id()",
        'table.string("email", max_length=100, null=True)',
        'table.decimal("wage", max_digits=8, decimal_places=2',
        'schema.drop_table("people"',
    ):
        assert line in joined(source) or migrations.connection.vendor == "sqlite"
    if migrations.connection.vendor != "sqlite":  # which says a circle of keys at once
        assert "run_sql" not in source


def test_only_the_tables_that_are_asked_for(migrations: Migrations) -> None:
    run(migrations.connection, staff)
    by_hand(migrations.connection, ["CREATE VIEW names AS SELECT name FROM teams"])
    outcome = adopt(migrations, "--table", "peop*")
    assert outcome.code == 0, outcome.error
    dropped = re.findall(r"drop_table\(\"(\w+)\"", sources(migrations)[0])
    assert dropped == ["people"]


def test_tables_of_the_machinery_are_left_out(migrations: Migrations) -> None:
    migrations.create_tables("posts")
    migrations.migrate()
    (written,) = migrations.folder.glob("*.py")
    written.unlink()
    assert adopt(migrations).code == 0
    (source,) = sources(migrations)
    assert "posts" in source
    assert "kit_migrations" not in source
    assert "django_" not in source


def test_an_empty_database_makes_no_migration(migrations: Migrations) -> None:
    outcome = adopt(migrations)
    assert outcome.code == 2
    assert "nothing to make" in outcome.error
    assert not migrations.folder.exists()


@pytest.mark.databases("postgresql")
def test_what_would_be_lost_is_listed_and_nothing_is_written(migrations: Migrations) -> None:
    run(migrations.connection, people)
    by_hand(
        migrations.connection,
        ["CREATE CONVERSION ours FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8"],
    )
    outcome = adopt(migrations)
    assert outcome.code == 1
    assert "- conversion public.ours" in outcome.error
    assert not migrations.folder.exists()
    outcome = adopt(migrations, "--allow-differences")
    assert outcome.code == 0
    assert "- conversion public.ours" in outcome.stdout
    assert len(sources(migrations)) == 1


@pytest.mark.databases("postgresql")
def test_without_pg_dump_what_would_be_lost_is_named_all_the_same(
    migrations: Migrations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    run(migrations.connection, staff)
    by_hand(
        migrations.connection,
        [
            "CREATE CONVERSION ours FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8",
            "CREATE PUBLICATION news",
            "CREATE FUNCTION hear() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'",
            "CREATE EVENT TRIGGER ear ON ddl_command_end EXECUTE FUNCTION hear()",
        ],
    )
    try:
        outcome = adopt(migrations)
        assert outcome.code == 1
        for lost in (
            "conversion ours",
            "publication news",
            "event trigger ear",
        ):
            assert f"- {lost}" in outcome.error
        assert not migrations.folder.exists()
        assert "there is no dump" in adopt(migrations, "--allow-differences").stdout
    finally:
        by_hand(migrations.connection, ["DROP PUBLICATION news", "DROP EVENT TRIGGER ear"])


@pytest.mark.databases("mysql")
def test_what_is_made_belongs_to_whoever_migrates(
    migrations: Migrations, other_connection: BaseDatabaseWrapper
) -> None:
    run(migrations.connection, staff)
    definer = "DEFINER = `some``body`@`%`"
    by_hand(
        migrations.connection,
        [
            f"CREATE {definer} SQL SECURITY DEFINER VIEW names AS SELECT name FROM teams",
            f"CREATE {definer} FUNCTION one() RETURNS INT DETERMINISTIC RETURN 1",
            f"CREATE {definer} TRIGGER teams_before BEFORE INSERT ON teams FOR EACH ROW SET NEW.name = 'x'",
        ],
    )
    outcome = adopt(migrations)
    assert outcome.code == 0, outcome.error
    assert "nothing differs" in outcome.stdout
    (source,) = sources(migrations)
    assert "some`" not in source
    up, _ = steps_of(source)
    run_step(other_connection, up)
    by_hand(other_connection, ["INSERT INTO teams (name) VALUES ('a')", "SELECT * FROM names"])


UNUSUAL = [
    "CREATE TYPE span AS RANGE (subtype = float8)",
    "CREATE TABLE holders (id integer PRIMARY KEY, at span, name text)",
    "CREATE FUNCTION all_holders() RETURNS SETOF holders LANGUAGE sql AS 'SELECT * FROM holders'",
    "CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "CREATE TRIGGER watching BEFORE INSERT ON holders FOR EACH ROW EXECUTE FUNCTION watch()",
    "CREATE FUNCTION who() RETURNS boolean LANGUAGE sql AS 'SELECT true'",
    "CREATE POLICY own ON holders USING (who())",
    "COMMENT ON POLICY own ON holders IS 'of a policy'",
    "CREATE STATISTICS both_of ON id, name FROM holders",
    "COMMENT ON STATISTICS both_of IS 'of statistics'",
    "COMMENT ON INDEX holders_pkey IS 'of the index of a key'",
    "CREATE TABLE nothing_at_all ()",
    "CREATE TABLE days (id integer, day date, kind text, UNIQUE (id, day, kind)) PARTITION BY RANGE (day)",
    (
        "CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') "
        "PARTITION BY LIST (kind)"
    ),
    "CREATE TABLE days_1_a PARTITION OF days_1 FOR VALUES IN ('a') PARTITION BY HASH (id)",
    "CREATE TABLE days_1_a_0 PARTITION OF days_1_a FOR VALUES WITH (MODULUS 1, REMAINDER 0)",
    "CREATE INDEX days_kind ON days (kind)",
    "ALTER TABLE days_1 ALTER kind SET DEFAULT 'x'",
    "CREATE TABLE z_days PARTITION OF days DEFAULT",
    (
        "CREATE TABLE of_days (id integer, day date, kind text, "
        "FOREIGN KEY (id, day, kind) REFERENCES days (id, day, kind))"
    ),
    "CREATE TYPE pair AS (one integer, two integer)",
    "CREATE TABLE pairs OF pair (two DEFAULT 2)",
    "CREATE VIEW names AS SELECT id, name FROM holders",
    "ALTER VIEW names ALTER name SET DEFAULT 'nobody'",
]


@pytest.mark.databases("postgresql")
@pytest.mark.parametrize(
    "statements", [UNUSUAL, [*MEANINGS, *LISTS]], ids=["unusual", "words with a meaning, and lists"]
)
def test_what_only_postgresql_has(
    migrations: Migrations,
    other_connection: BaseDatabaseWrapper,
    dump: Judge,
    statements: list[str],
) -> None:
    by_hand(migrations.connection, statements)
    outcome = adopt(migrations)
    assert outcome.code == 0, outcome.error
    assert_rebuilt(migrations, other_connection, dump, dump(migrations.connection))


@pytest.mark.databases("mysql")
def test_what_only_mariadb_has(
    migrations: Migrations, other_connection: BaseDatabaseWrapper, dump: Judge
) -> None:
    by_hand(
        migrations.connection,
        [
            "CREATE SEQUENCE numbers",
            "CREATE TABLE counted (id integer DEFAULT nextval(numbers) PRIMARY KEY)",
            (
                "CREATE TABLE stays (id integer, a date, b date, PERIOD FOR stay (a, b), "
                "UNIQUE (id, stay WITHOUT OVERLAPS))"
            ),
            "SET time_zone = 'SYSTEM'",
            "CREATE EVENT daily ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' DO SELECT 1",
            "CREATE DEFINER = nobody_at_all@nowhere VIEW one AS SELECT 1 AS one",
        ],
    )
    outcome = adopt(migrations)
    assert outcome.code == 0, outcome.error
    assert "compared by the database's own dump" in outcome.stdout
    assert str(migrations.connection.settings_dict["NAME"]) not in "".join(sources(migrations))
    assert_rebuilt(migrations, other_connection, dump, dump(migrations.connection))


@pytest.mark.databases("sqlite")
def test_sqlite_gets_its_own_words(
    migrations: Migrations, other_connection: BaseDatabaseWrapper
) -> None:
    words = [
        "CREATE TABLE [told] ([id] INTEGER PRIMARY KEY, -- a comment\n name TEXT)",
        "CREATE TABLE plain (a INTEGER, b VARCHAR(10) NULL, c TEXT DEFAULT 'a very long text, so that it is folded')",
        "CREATE INDEX [of it] ON plain ( a,  b )",
        "CREATE VIRTUAL TABLE found USING fts5(title, body, content='plain', tokenize = 'porter ascii')",
    ]
    by_hand(migrations.connection, words)
    outcome = adopt(migrations)
    assert outcome.code == 0, outcome.error
    assert "compared by the database's own dump" in outcome.stdout
    (source,) = sources(migrations)
    run_step(other_connection, steps_of(source)[0])
    with other_connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master")
        assert set(words) <= {sql for (sql,) in cursor.fetchall()}


@pytest.mark.parametrize("args", [["--split", "2"], ["--allow-differences"]])
def test_what_goes_with_a_database_goes_with_nothing_else(
    migrations: Migrations, args: list[str]
) -> None:
    outcome = migrations.run("make_migration", "baseline", *args)
    assert outcome.code == 2
    assert "goes with --from-database" in outcome.error


def test_a_baseline_is_recorded_where_the_database_has_what_it_makes(
    migrations: Migrations,
) -> None:
    run(migrations.connection, people)
    assert adopt(migrations).code == 0
    migrations.write("29990101000000_later", up="schema.run_sql('SELECT 1')")
    (baseline, later) = sorted(path.stem for path in migrations.folder.glob("*.py"))
    outcome = migrations.run("migrate_baseline", baseline[:14])
    assert outcome.code == 0, outcome.error
    assert outcome.lines == [
        "Recording migrations...",
        f"Faking migration: {baseline}",
        "They are on record as applied.",
    ]
    assert migrations.applied() == [baseline]
    assert "baseline" not in migrations.migrate().stdout
    assert migrations.applied() == [baseline, later]
    outcome = migrations.run("migrate_baseline")
    assert (outcome.code, "Nothing is pending" in outcome.error) == (2, True)


def test_a_baseline_is_what_was_read_from_a_database(migrations: Migrations) -> None:
    run(migrations.connection, people)
    migrations.write("20200101000000_earlier", up="schema.run_sql('SELECT 1')")
    assert adopt(migrations, "--split", "1").code == 0
    migrations.write("29990101000000_later", up="schema.run_sql('SELECT 1')")
    earlier, *written, later = sorted(path.stem for path in migrations.folder.glob("*.py"))
    assert migrations.run("migrate_baseline").code == 0
    assert migrations.applied() == written
    outcome = migrations.run("migrate_baseline")
    assert outcome.code == 2
    assert "migrate_baseline NAME" in outcome.error
    assert migrations.run("migrate_baseline", later).code == 0
    assert set(migrations.applied()) == {earlier, *written, later}


def test_a_pending_migration_is_recorded_where_the_database_has_what_it_makes(
    migrations: Migrations,
) -> None:
    first, second, third = migrations.create_tables("users", "posts", "tags")
    migrations.write(
        "20240101120009_calm",
        attributes="atomic = False",
        up="schema.create_index('users', ['name'], name='calm')",
    )
    migrations.migrate()
    assert migrations.run("migrate_resolve", second, "--rolled-back").code == 0
    outcome = migrations.run("migrate_resolve", second[:14], "--applied")
    assert outcome.code == 0, outcome.error
    assert outcome.lines[-1] == f"{second} is now on record as applied."
    assert set(migrations.applied()) == {first, second, third, "20240101120009_calm"}

    migrations.run("migrate_resolve", second, "--rolled-back")
    migrations.execute("DROP TABLE posts")
    outcome = migrations.run("migrate_resolve", second, "--applied")
    assert outcome.code == 1
    assert "- table posts" in outcome.error
    assert "Nothing was recorded" in outcome.error
    assert second not in migrations.applied()
    assert migrations.run("migrate_resolve", second, "--applied", force=True).code == 0
    assert second in migrations.applied()


def test_one_that_needs_another_pending_one_is_not_recorded_unseen(migrations: Migrations) -> None:
    migrations.create_tables("users")
    needy = "20240101120001_needy"
    migrations.write(needy, up="schema.rename_table('users', 'people')")
    outcome = migrations.run("migrate_resolve", needy, "--applied")
    assert outcome.code == 1
    assert f"{needy} was run in a scratch database" in outcome.error
    assert migrations.applied() == []
    outcome = migrations.run("migrate_resolve", needy, "--applied", force=True)
    assert (outcome.code, needy in outcome.stderr) == (0, True)
    assert migrations.applied() == [needy]


def test_a_baseline_that_the_database_does_not_have_is_refused(migrations: Migrations) -> None:
    run(migrations.connection, people)
    assert adopt(migrations).code == 0

    def change(schema):
        with schema.alter_table("people") as table:
            table.change("email").string(max_length=50, null=True)

    run(migrations.connection, change)
    outcome = migrations.run("migrate_baseline")
    assert outcome.code == 1
    lines = [line for line in outcome.error.splitlines() if "table people: column" in line]
    assert [line[0] for line in lines] == ["-", "+"]
    assert "100" in lines[0] or "50" in lines[0]
    assert "Column(" not in outcome.error
    assert migrations.applied() == []
    assert "pending migration" in migrations.run("migrate_baseline", "nonsense").error
    assert migrations.run("migrate_baseline", force=True).code == 0
    assert len(migrations.applied()) == 1


# Leaving Django's migrations


LEAVING = """\
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [{depends}]
    operations = [
        migrations.CreateModel(
            "{name}", [("id", models.BigAutoField(primary_key=True))], {{"db_table": "{table}"}}
        ),
    ]
"""


@pytest.fixture
def two_apps(project: Project) -> Project:
    """``blog`` and ``shop`` have Django migrations, and a migration of shop's needs one of blog's."""
    project.configure('INSTALLED_APPS += ["shop"]\nKIT = {"MODELS": {"blog": ["posts"]}}')
    depends = '("blog", "0001_initial")'
    for app, name, table, needs in (
        ("blog", "Post", "posts", ""),
        ("shop", "Item", "items", depends),
    ):
        project.write(f"{app}/__init__.py", "")
        project.write(f"{app}/migrations/__init__.py", "")
        source = LEAVING.format(name=name, table=table, depends=needs)
        project.write(f"{app}/migrations/0001_initial.py", source)
        project.write(f"{app}/models.py", MODEL.format(name=name, table=table))
    return project


def test_an_app_leaves_djangos_migrations_only_where_it_can(two_apps: Project) -> None:
    def refused(*labels: str) -> str:
        return two_apps.run("migrate_baseline", "--from-django", *labels, check=2).stderr

    assert "has not been applied here" in refused("blog")
    two_apps.run("migrate", check=0)
    assert "No installed app has the label 'nowhere'" in refused("nowhere")
    assert "has to name it" in refused("shop")
    assert "shop.0001_initial names blog.0001_initial" in refused("blog")
    assert two_apps.file("blog/migrations/0001_initial.py").exists()
    assert not two_apps.file("migrations").exists()

    two_apps.configure('KIT = {"MODELS": {"blog": ["posts"], "shop": ["items"]}}')
    argv = ("migrate_baseline", "both", "--from-django", "blog", "shop")
    assert "Faking migration" in two_apps.run(*argv, check=0).stdout
    (made,) = two_apps.file("migrations").glob("*_both.py")
    assert 'retires = ["blog", "shop"]' in made.read_text(encoding="utf-8")
    assert two_apps.run("migrate", check=0).lines == ["Nothing to migrate."]

    # Another database, which has the tables and Django's history of them.
    with two_apps.connection.cursor() as cursor:
        cursor.execute("DELETE FROM kit_migrations")
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) "
            "VALUES ('blog', '0001_initial', '2024-01-01 12:00:00')"
        )
    assert "migrate_baseline records it" in two_apps.run("migrate", check=1).stderr
    two_apps.run("migrate_resolve", made.stem, "--rolled-back")
    two_apps.run("migrate_baseline", check=0)
    assert two_apps.run("migrate", check=0).lines == ["Nothing to migrate."]
    with two_apps.connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_migrations WHERE app = 'blog'")
        assert cursor.fetchone() == (0,)
