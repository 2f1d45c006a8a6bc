from __future__ import annotations

from kit_django import Migration, Schema


class UseWhatPostgresqlHas(Migration):
    def up(self, schema: Schema) -> None:
        if schema.vendor != "postgresql":
            return
        schema.create_extension("btree_gist")
        schema.create_schema("audit")
        schema.create_enum("kind", ["in", "out"])
        schema.create_domain("percent", "integer", check="VALUE BETWEEN 0 AND 100", default="0")
        schema.create_type("point3", [("x", "integer"), ("y", "integer"), ("z", "integer")])
        schema.create_sequence("tickets", start=1000, increment=10)
        with schema.create_table("audit.events", comment="what happened") as table:
            table.id()
            table.foreign_id("user_id", references="users", on_delete="cascade")
            table.enum("kind", ["in", "out"], type_name="kind")
            table.integer("room")
            table.exclude([("room", "=")], name="one_a_room")
        schema.rename_table("audit.events", "audit.visits")
        schema.create_view("rooms", "SELECT room FROM audit.visits", materialized=True)
        schema.refresh_view("rooms")
        with schema.alter_table("audit.visits") as table:
            table.drop_exclusion("one_a_room").was.exclude([("room", "=")], name="one_a_room")

    def down(self, schema: Schema) -> None:
        if schema.vendor != "postgresql":
            return
        schema.drop_view("rooms", materialized=True)
        schema.drop_table("audit.visits")
        schema.drop_sequence("tickets")
        schema.drop_type("point3")
        schema.drop_type("percent")
        schema.drop_enum("kind")
        schema.drop_schema("audit")
        schema.drop_extension("btree_gist")
