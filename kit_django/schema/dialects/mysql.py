"""MariaDB and MySQL, which are one to Django."""

from __future__ import annotations

from dataclasses import replace

from kit_django.schema.dialects.base import Dialect

MYSQL = Dialect(vendor="mysql", name="MySQL", quote="`", backslash_escapes=True)
MARIADB = replace(MYSQL, name="MariaDB")
