from __future__ import annotations

from kit_django import Migration, Schema


class CreateAddressesTable(Migration):
    def up(self, schema: Schema) -> None:
        with schema.create_table("addresses") as table:
            table.big_id()
            table.foreign_id("user_id", references="users", on_delete="cascade")
            table.char("country", 2)
            table.text("lines")
            table.ip_address("seen_from", null=True)
            table.foreign_key("country", references="countries", on_update="cascade")
