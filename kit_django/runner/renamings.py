"""What operations have given another name, for the models to follow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kit_django.operations.base import Operation
from kit_django.operations.changes.columns import DropColumn, RenameColumn
from kit_django.operations.tables import AlterTable, DropTable, RenameTable
from kit_django.runner.events import Renaming


def renamings(operations: Iterable[Operation]) -> Iterator[Renaming]:
    """The renames, and the drops, which say of what is new that it is no rename."""
    for operation in operations:
        match operation:
            case RenameTable(name, new_name):
                yield Renaming(name, "", new_name)
            case DropTable(name):
                yield Renaming(name, "", "")
            case AlterTable(name, changes):
                for change in changes:
                    if isinstance(change, RenameColumn):
                        yield Renaming(name, change.name, change.new_name)
                    elif isinstance(change, DropColumn):
                        yield Renaming(name, change.name, "")
