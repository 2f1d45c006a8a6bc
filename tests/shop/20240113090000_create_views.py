from __future__ import annotations

from kit_django import Migration, Schema


class CreateViews(Migration):
    def up(self, schema: Schema) -> None:
        schema.create_view("sellers", "SELECT id, email FROM users WHERE role = 'seller''s'")
        schema.create_view("spare", "SELECT id FROM orders")
        schema.create_view(
            "spare", "SELECT id, user_id FROM orders", replace=True, was="SELECT id FROM orders"
        )
        schema.drop_view("spare", was="SELECT id, user_id FROM orders")
