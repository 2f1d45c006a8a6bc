from __future__ import annotations

from kit_django import Migration, Schema


class WriteRows(Migration):
    def up(self, schema: Schema) -> None:
        User = schema.model("users")
        Order = schema.model("orders")
        user = User.objects.create(email="a@example.com", full_name="A")
        Order.objects.create(user=user)
        assert schema.execute("SELECT count(*) FROM orders WHERE user_id = %s", [user.pk])
        with schema.cursor() as cursor:
            cursor.execute("UPDATE orders SET paid_at = placed_at")

    def down(self, schema: Schema) -> None:
        schema.execute("DELETE FROM orders")
        schema.execute("DELETE FROM users")
