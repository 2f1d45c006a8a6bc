from __future__ import annotations

from kit_django import Migration, Schema


class ChangeUsers(Migration):
    def up(self, schema: Schema) -> None:
        with schema.alter_table("users") as table:
            table.rename("name", "full_name")
            table.change("full_name").string(max_length=160).was.string(max_length=80)
            table.change("points").big_integer(default=5).was.integer(default=0)
            table.change("nick").set(unique=False, index=True)
            table.change("language").set(null=True, default=None).was.set(null=False, default="en")
