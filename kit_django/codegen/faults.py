"""The trouble of one table, kept from all the others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error

from kit_django.codegen.specs import Skipped, TableKey
from kit_django.exceptions import KitError
from kit_django.schema.facts import display_name


class TableFault(Exception):
    """Something that kit did not foresee, in what it does with one table."""

    def __init__(self, key: TableKey, error: Exception) -> None:
        super().__init__(key, error)
        self.key, self.error = key, error

    @property
    def skipped(self) -> Skipped:
        table = display_name(self.key)
        words = " ".join(f"{type(self.error).__name__}: {self.error}".split())
        return Skipped(table, words, self.error)


@contextmanager
def faults_of(key: TableKey) -> Iterator[None]:
    """Raises TableFault for any fault but those that are not the table's: kit's own words to a
    person, and a database that does not answer."""
    try:
        yield
    except (KitError, Error, TableFault):
        raise
    except Exception as error:
        raise TableFault(key, error) from error
