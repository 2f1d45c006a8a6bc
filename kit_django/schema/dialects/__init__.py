"""Which dialect a connection speaks.

Each module here that has a ``DIALECT`` is that of a database, and is called by Django's word for it. So
is what else is one database's own: its module in ``introspection``, ``field_types``, ``engines`` and
``runner/databases``.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.exceptions import UnsupportedDatabase
from kit_django.schema.dialects.base import Dialect

__all__ = ["DIALECTS", "Dialect", "dialect_named", "dialect_of", "is_known", "nearest_dialect"]


def module_of(vendor: str, package: str) -> Any:
    """The module of a package that is one database's own. Raises UnsupportedDatabase."""
    return import_module(f"{package}.{dialect_named(vendor).vendor}")


def _dialects() -> dict[str, Dialect]:
    modules = [import_module(f"{__name__}.{each.name}") for each in iter_modules(__path__)]
    dialects = [module.DIALECT for module in reversed(modules) if hasattr(module, "DIALECT")]
    return {dialect.vendor: dialect for dialect in dialects}


DIALECTS = _dialects()


def dialect_of(connection: BaseDatabaseWrapper) -> Dialect:
    """The dialect of a connection, whose server may be asked. Raises UnsupportedDatabase."""
    return dialect_named(connection.vendor).on(connection)


def nearest_dialect(connection: BaseDatabaseWrapper) -> Dialect:
    """The dialect of a connection; what is standard SQL where kit_django does not know it.

    Models may be used on databases that no migration of kit's runs on.
    """
    if is_known(connection):
        return dialect_of(connection)
    return Dialect(connection.vendor, connection.vendor)


def is_known(connection: BaseDatabaseWrapper) -> bool:
    """Whether kit_django works on the connection's database."""
    return connection.vendor in DIALECTS


def dialect_named(vendor: str) -> Dialect:
    """The dialect behind Django's word for a database. Raises UnsupportedDatabase."""
    if vendor not in DIALECTS:
        *others, last = (
            name for each in DIALECTS.values() for name in each.products or [each.name]
        )
        raise UnsupportedDatabase(
            f"kit_django works on {', '.join(others)} and {last}, and not on {vendor!r}. "
            "Set an ENGINE of one of these in DATABASES, or name another database of yours."
        )
    return DIALECTS[vendor]
