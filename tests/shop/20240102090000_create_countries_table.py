from __future__ import annotations

from kit_django import Migration, Schema


class CreateCountriesTable(Migration):
    def up(self, schema: Schema) -> None:
        with schema.create_table("countries", if_not_exists=True) as table:
            table.char("code", 2, primary_key=True)
            table.string("name", max_length=60, index="countries_by_name")
            table.unsigned_small_integer("calling_code", null=True)
            table.unsigned_integer("people", null=True)
            table.unsigned_big_integer("area", null=True)

    def down(self, schema: Schema) -> None:
        schema.drop_table("countries", if_exists=True)
