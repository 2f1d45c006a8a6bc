"""MariaDB and MySQL, which are one to Django."""

from __future__ import annotations

from dataclasses import replace

from kit_django.schema.dialects.base import Dialect
from kit_django.schema.dialects.types import MariaDBTypes, MySQLTypes

MYSQL = Dialect(
    vendor="mysql",
    name="MySQL",
    quote="`",
    backslash_escapes=True,
    longest_name=64,
    strips_names=True,
    basic_names=True,
    keeps_key_names=False,
    types=MySQLTypes(),
    enums="column",
    types_imply_checks=False,
    unlimited_decimal="numeric(65, 30)",
    casts_to_column_types=False,
    longest_unique_text=255,
    numbering_word="AUTO_INCREMENT",
    has_on_update=True,
    uniques_are_indexes=True,
    has_set_default=False,
    index_methods=frozenset({"btree", "hash", "fulltext", "spatial"}),
    has_index_prefixes=True,
    has_index_comments=True,
    indexes_foreign_keys=True,
    numbering_needs_index=True,
    restrict_is_no_action=True,
)
MARIADB = replace(
    MYSQL,
    name="MariaDB",
    types=MariaDBTypes(),
    json_is_text=True,
    generated_may_refuse_null=False,
    objects=frozenset({"sequences"}),
)
