from __future__ import annotations

from kit_django import Migration, Schema


class FillCountries(Migration):
    def up(self, schema: Schema) -> None:
        schema.run_sql(
            "INSERT INTO countries (code, name) VALUES (%s, %s)",
            ["CIV", "Côte d'Ivoire, 100%"],
            reverse="DELETE FROM countries",
        )
        schema.run_sql(
            "UPDATE countries SET calling_code = 225", reverse="UPDATE countries SET people = NULL"
        )
