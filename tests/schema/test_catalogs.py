"""Nothing that a server knows of a table is out of sight.

Each column of each catalog that says something of tables is read, or stands here with the reason why it
is not. A server with a catalog, or a column of one, that nobody thought of makes the test fail.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests import databases
from tests.codegen.test_values import execute
from tests.projects import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper

    from tests.projects import Project

Ignored = dict[str, str]
"""Columns, as words of one text, by the reason why they are not read."""

EVERYWHERE: dict[str, Ignored] = {
    "mysql": {
        "the same for all, or the name of the database": """
            table_catalog constraint_catalog unique_constraint_catalog trigger_catalog
            event_object_catalog index_schema""",
        "how much there is, and since when": """
            table_rows avg_row_length data_length max_data_length max_index_length index_length
            data_free create_time update_time check_time checksum cardinality created""",
    },
    "postgresql": {},
}
IGNORED: dict[str, dict[str, Ignored]] = {
    "postgresql": {
        "pg_attribute": {
            "follows from the type": "attlen attbyval attalign",
            "of the machine": "attcacheoff",
            "whether there is a default, which is read": "atthasdef",
            "rows of before a column was added": "atthasmissing attmissingval",
        },
        "pg_class": {
            "where and how much": """relfilenode relpages reltuples relallvisible relallfrozen
                reltoastrelid relfrozenxid relminmxid relrewrite""",
            "whether there is what is read elsewhere": """relhasindex relnatts relchecks
                relhasrules relhastriggers relhassubclass""",
            "rows, or tables of the server": "relispopulated relisshared",
        },
        "pg_constraint": {
            "the table's": "connamespace",
            "follows from types and definition": "conpfeqop conppeqop conffeqop conexclop",
        },
        "pg_extension": {"the extension's": "*"},
        "pg_index": {
            "the constraint's": "indisprimary indisexclusion indimmediate",
            "a state that passes": "indcheckxmin indisready indislive",
            "in the statement, or counted otherwise": "indnatts indexprs",
        },
        "pg_inherits": {"a state that passes": "inhdetachpending"},
        "pg_init_privs": {"the extension's": "*"},
        "pg_partitioned_table": {"in the text of pg_get_partkeydef, and of the partitions": "*"},
        "pg_publication_rel": {"the publication's": "prqual prattrs"},
        "pg_rewrite": {
            "the rule is named; its text is an object around the tables": """ev_type ev_enabled
                is_instead ev_qual ev_action"""
        },
        "pg_shdepend": {"who owns what": "*"},
        "pg_shdescription": {"of roles, databases and tablespaces": "*"},
        "pg_shseclabel": {"of roles, databases and tablespaces": "*"},
        "pg_statistic": {"figures of the rows": "*"},
        "pg_statistic_ext": {
            "the statistics are named; their text is an object around the tables": """stxowner
                stxstattarget stxkeys stxkind stxexprs"""
        },
        "pg_subscription_rel": {"a state that passes": "srsubstate srsublsn"},
        "pg_trigger": {
            "in the text of pg_get_triggerdef": """tgfoid tgtype tgconstrrelid tgconstrindid
                tgconstraint tgdeferrable tginitdeferred tgnargs tgattr tgargs tgqual tgoldtable
                tgnewtable"""
        },
        "pg_type": {
            "whose it is": "typowner typacl",
            "a type's inside, of which types in SQL have none": """typlen typbyval typcategory
                typispreferred typisdefined typdelim typsubscript typinput typoutput typreceive
                typsend typmodin typmodout typanalyze typalign typndims typdefaultbin""",
        },
    },
    "mysql": {
        "columns": {
            "in column_type": """character_maximum_length character_octet_length
                numeric_precision numeric_scale datetime_precision""",
            "in other tables, or columns, that are read": "column_key privileges is_generated",
        },
        "column_privileges": {"that there are some is said": "privilege_type is_grantable"},
        "files": {"of the machine": "*"},
        "geometry_columns": {"another view of columns": "*"},
        "index_statistics": {"figures of use": "*"},
        "innodb_buffer_page": {"of the machine": "*"},
        "innodb_buffer_page_lru": {"of the machine": "*"},
        "innodb_cmp_per_index": {"figures of use": "*"},
        "innodb_cmp_per_index_reset": {"figures of use": "*"},
        "key_column_usage": {"follows from the key": "position_in_unique_constraint"},
        "partitions": {
            "of the machine": "nodegroup tablespace_name",
            "how parts of parts are called, and comments on parts": """subpartition_name
                partition_comment""",
        },
        "referential_constraints": {
            "follows from the columns": "unique_constraint_name",
            "which the server takes and does not keep": "match_option",
        },
        "statistics": {"which no engine sets": "packed"},
        "table_privileges": {"that there are some is said": "privilege_type is_grantable"},
        "table_statistics": {"figures of use": "*"},
        "tables": {
            "in create_options, where it was said": "row_format",
            "of the server": "version temporary",
        },
        "triggers": {
            "the same for all triggers": """action_condition action_orientation
                action_reference_old_table action_reference_new_table action_reference_old_row
                action_reference_new_row""",
            "the database's": "database_collation",
        },
        "views": {"follows from the query": "is_updatable"},
    },
}
LIVE = {
    "postgresql": """
        SELECT attrelid::regclass::text, attname::text FROM pg_attribute
        WHERE attnum > 0 AND NOT attisdropped AND attrelid IN (
            SELECT fktable FROM pg_get_catalog_foreign_keys() WHERE pktable IN
                ('pg_class'::regclass, 'pg_constraint'::regclass, 'pg_trigger'::regclass)
        )""",
    "mysql": """
        SELECT lower(table_name), lower(column_name) FROM information_schema.columns
        WHERE table_schema = 'information_schema' AND table_name IN (
            SELECT table_name FROM information_schema.columns
            WHERE table_schema = 'information_schema'
                AND column_name IN ('TABLE_NAME', 'EVENT_OBJECT_TABLE', 'F_TABLE_NAME')
        )""",
}


@pytest.mark.databases("postgresql", "mysql")
def test_all_that_the_catalogs_say_of_tables_is_read_or_ignored_on_purpose(
    connection: BaseDatabaseWrapper,
) -> None:
    vendor = connection.vendor
    folder = REPOSITORY / "kit_django" / "schema" / "introspection" / vendor
    sources = " ".join(path.read_text("utf-8") for path in folder.glob("*.py")).lower()
    read = set(re.findall(r"\w+", sources)) | words(EVERYWHERE[vendor])
    with connection.cursor() as cursor:
        cursor.execute(LIVE[vendor])
        found = cursor.fetchall()
    assert found
    unseen = [
        (catalog, column)
        for catalog, column in found
        if not {column, "*"} & words(IGNORED[vendor].get(catalog, {}))
        and not (catalog in read and column in read)
    ]
    assert unseen == []


def words(ignored: Ignored) -> set[str]:
    return {word for columns in ignored.values() for word in columns.split()}


BESIDE = """
CREATE TABLE posts (id integer PRIMARY KEY, title text UNIQUE WITH (fillfactor = 50), n integer);
CREATE POLICY own ON posts USING (n > 0);
CREATE RULE quiet AS ON DELETE TO posts DO INSTEAD NOTHING;
CREATE STATISTICS together ON title, n FROM posts;
CREATE PUBLICATION news FOR TABLE posts;
GRANT SELECT ON posts TO PUBLIC;
GRANT UPDATE (n) ON posts TO PUBLIC;
ALTER TABLE posts REPLICA IDENTITY FULL;
COMMENT ON CONSTRAINT posts_pkey ON posts IS 'one of each';
COMMENT ON POLICY own ON posts IS 'mine';
COMMENT ON RULE quiet ON posts IS 'hush';
CREATE VIEW seen AS SELECT id FROM posts
"""
SAID = {
    ("a comment on a constraint", "posts_pkey"),
    ("a comment on a policy", "own"),
    ("a comment on a rule", "quiet"),
    ("a policy", "own"),
    ("a publication", "news"),
    ("a replica identity", "full"),
    ("a rule", "quiet"),
    ("extended statistics", "together"),
    ("rights of others", "public"),
    ("rights to a column", "n"),
    ("storage options of a key", "posts_title_key"),
}


@pytest.mark.databases("postgresql")
def test_what_stands_beside_a_table_is_said(project: Project) -> None:
    execute(project, *BESIDE.split(";\n"))
    try:
        lines = project.run("db_sync", "--verify", "-v", "2", check=0).lines
        found = {line for line in lines if line.startswith("Lost: beside the table")}
        assert found == {f"Lost: beside the table: posts.{name}: {kind}" for kind, name in SAID}
        assert [line for line in lines if "seen" in line] == ["Beside the models: view: seen"]
        lines = project.run("db_sync", check=0).lines
        assert {line for line in lines if line.startswith("Note on posts")} == {
            f"Note on posts ({name}): not expressible: {kind}." for kind, name in SAID
        }
        again = project.run("db_sync", check=0).lines
        assert again[-1] == "The models are up to date."
    finally:
        execute(project, "DROP PUBLICATION news")


@pytest.fixture
def role(connection: BaseDatabaseWrapper) -> Iterator[Callable[[str], str]]:
    """Runs a GRANT to a user who is there for the test alone, and has no other right."""
    name = databases.scratch_name("role")
    user = f"'{name}'@'127.0.0.1'" if connection.vendor == "mysql" else name

    def grant(statement: str) -> str:
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE USER {user}")
            cursor.execute(statement.format(role=user))
            if connection.vendor == "postgresql":
                cursor.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")
        return user

    yield grant
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP OWNED BY {user}")
        cursor.execute(f"DROP USER {user}")


@pytest.mark.databases("mysql")
def test_the_rights_of_others_are_said(project: Project, role: Callable[[str], str]) -> None:
    execute(project, "CREATE TABLE posts (id integer PRIMARY KEY, title text)")
    user = role("GRANT SELECT, UPDATE (title) ON posts TO {role}")
    lines = project.run("db_sync", check=0).lines
    assert f"Note on posts ({user}): not expressible: rights of others." in lines
    assert "Note on posts (title): not expressible: rights to a column." in lines


@pytest.mark.databases("postgresql", "mysql")
def test_verify_says_what_right_it_lacks(project: Project, role: Callable[[str], str]) -> None:
    execute(project, "CREATE TABLE posts (id integer PRIMARY KEY)")
    name = role("GRANT SELECT ON posts TO {role}").partition("@")[0].strip("'")
    url = re.sub(r"//[^@]*@", f"//{name}@", project.database_url)
    failed = project.run("db_sync", "--verify", env={"DATABASE_URL": url}, check=1)
    right = {"postgresql": "CREATEDB", "mysql": "CREATE and DROP"}[project.connection.vendor]
    assert f"the database's user needs the right to make one: {right}" in failed.stderr
    assert "permission denied" in failed.stderr or "Access denied" in failed.stderr
    assert failed.stderr.count("\n") == 1
