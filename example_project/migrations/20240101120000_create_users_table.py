from kit_django import Migration, Schema


class CreateUsersTable(Migration):
    def up(self, schema: Schema) -> None:
        with schema.create_table("users") as table:
            table.id()
            table.string("name", max_length=100)
            table.text("bio", null=True)
            table.timestamps()

    def down(self, schema: Schema) -> None:
        schema.drop_table("users")
