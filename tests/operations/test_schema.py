from __future__ import annotations

from kit_django.operations.schema import inverses, record
from kit_django.schema.introspection import introspect
from tests.schemas import schema_of


def blog(schema):
    with schema.create_table("users") as table:
        table.id()
        table.string("name", max_length=200)
        table.string("email", unique=True, null=True)
        table.unsigned_integer("age", default=3)
        table.boolean("active", default=True)
        table.json("settings", null=True)
        table.enum("role", ["admin", "it's"], default="admin")
        table.timestamps()
    with schema.create_table("posts") as table:
        table.id()
        table.string("title", max_length=200, default="it's 100%")
        table.text("content")
        table.foreign_id("user_id", references="users", on_delete="cascade")
        table.foreign_id("parent_id", references="posts", on_delete="set null", null=True)
        table.decimal("price", 10, 2, default=0)
        table.timestamps()
        table.index(["user_id", "created_at"])
        table.check("price >= 0")


def alter(schema):
    with schema.alter_table("posts") as table:
        table.string("subtitle", null=True)
        table.change("title").string(max_length=80).was.string(max_length=200)
        table.rename("content", "body")
        table.integer("views", default=0, index=True)


def test_up_and_derived_down(connection):
    with schema_of(connection) as schema:
        blog(schema)
    before = introspect(connection)
    with schema_of(connection) as schema:
        alter(schema)
    after = introspect(connection)
    assert after != before
    with schema_of(connection) as schema:
        for operation in inverses(record(alter, connection)):
            schema.perform(operation)
    assert introspect(connection) == before
    with schema_of(connection) as schema:
        User = schema.model("users")
        Post = schema.model("posts")
        user = User.objects.create(name="x", email="a@b.c")
        Post.objects.create(title="a", content="b", user_id=user.pk)
        assert Post.objects.values_list("user__name", flat=True).get() == "x"
    with schema_of(connection) as schema:
        for operation in inverses(record(blog, connection)):
            schema.perform(operation)
    assert introspect(connection).tables == ()
