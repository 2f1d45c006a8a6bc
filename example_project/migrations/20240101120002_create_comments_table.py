from kit_django import Migration, Schema


class CreateCommentsTable(Migration):
    def up(self, schema: Schema) -> None:
        with schema.create_table("comments") as table:
            table.id()
            table.foreign_id("post_id", references="posts", on_delete="cascade")
            table.foreign_id("user_id", references="users", on_delete="set null", null=True)
            table.text("body")
            table.timestamps()

    def down(self, schema: Schema) -> None:
        schema.drop_table("comments")
