"""What ``settings.KIT`` says of the names of models and fields that are yet to be written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from kit_django.codegen import naming
from kit_django.codegen.specs import TableKey
from kit_django.conf import Settings
from kit_django.exceptions import ConfigurationError


@dataclass(frozen=True, slots=True)
class GivenNames:
    """The project's own rules for names. Those of models that are there already are never changed.

    ``table_prefixes`` are no part of a class's name. ``class_names`` maps tables, ``field_names``
    columns (``table.column``) to their names; both may be patterns, and a whole name goes first.
    """

    table_prefixes: tuple[str, ...] = ()
    class_names: Mapping[str, str] = field(default_factory=dict)
    field_names: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Settings) -> GivenNames:
        """Raises ConfigurationError for names that a model or a field cannot have."""
        for name in settings.class_names.values():
            _refuse("CLASS_NAMES", name, name in naming.RESERVED_CLASS_NAMES)
        for name in settings.field_names.values():
            _refuse("FIELD_NAMES", name, naming.is_reserved_field_name(name))
        return cls(settings.table_prefixes, settings.class_names, settings.field_names)

    def class_name(self, key: TableKey) -> str | None:
        """The name that the settings give to a table's model."""
        return _find(self.class_names, _written(*key))

    def field_name(self, key: TableKey, column: str) -> str | None:
        """The name that the settings give to a column's field."""
        return _find(self.field_names, _written(*key, column))

    def without_prefix(self, table: str) -> str:
        """A table's name without the longest of the prefixes, unless nothing were left."""
        fitting = [each for each in self.table_prefixes if table.startswith(each)]
        return table[len(max(fitting, key=len, default="")) :] or table


def _refuse(setting: str, name: str, is_reserved: bool) -> None:
    if is_reserved:
        raise ConfigurationError(
            f'settings.KIT["{setting}"] gives the name {name!r}, which has a meaning of its own in '
            "a module of Django models. Nothing was written; choose another name."
        )


def _written(*parts: str | None) -> str:
    return ".".join(filter(None, parts))


def _find(names: Mapping[str, str], written: str) -> str | None:
    if written in names:
        return names[written]
    return next((name for each, name in names.items() if fnmatchcase(written, each)), None)
