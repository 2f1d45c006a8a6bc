"""Whether a field is as kit writes it, so that nothing of a person's would go with it."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from django.db import models

from kit_django.codegen import naming
from kit_django.codegen.following.usages import names_in
from kit_django.codegen.project.files import SourceFile

DATABASES_OWN = {
    *("null", "blank", "db_column", "db_default", "db_index", "db_comment", "db_collation"),
    *("unique", "primary_key", "max_length", "max_digits", "decimal_places", "db_types"),
    *("on_update", "to", "on_delete", "to_field", "base_field", "expression", "output_field"),
    "db_persist",
}


def is_bare(model: type[models.Model], name: str, file: SourceFile) -> bool:
    """``file`` is the one that the model is in. What is not understood may be a person's."""
    field: Any = model._meta.get_field(name)
    if name not in (naming.field_name(field.column), naming.relation_name(field.column)):
        return False
    return _says_no_more(field) and _is_alone(model.__name__, field, file)


def _says_no_more(field: Any) -> bool:
    """Whether its class and its keywords are what a column alone says."""
    _, path, _, keywords = field.deconstruct()
    is_known = path.startswith(("django.", "kit_django."))
    return is_known and keywords.keys() <= DATABASES_OWN and bool(field.blank == field.null)


def _is_alone(class_name: str, field: Any, file: SourceFile) -> bool:
    """Whether the class has no comment on it, and does not name it anywhere else."""
    classes = [node for node in file.nodes() if isinstance(node, ast.ClassDef)]
    for body in (node.body for node in classes if node.name == class_name):
        own = [node for node in body if _makes(node, field.name)]
        if len(own) != 1:
            return False
        others = (node for node in body if node is not own[0])
        is_named = any(names_in(node, {field.name, field.attname}) for node in others)
        return not is_named and not _has_comment(own[0], file.lines)
    return False


def _makes(node: ast.stmt, name: str) -> bool:
    match node:
        case ast.Assign(targets=[ast.Name(id=found)]) | ast.AnnAssign(target=ast.Name(id=found)):
            return found == name
    return False


def _has_comment(node: ast.stmt, lines: Sequence[str]) -> bool:
    first, last = node.lineno - 1, node.end_lineno or node.lineno
    above = lines[first - 1].lstrip() if first else ""
    return above.startswith("#") or any("#" in line for line in lines[first:last])
