"""What a migration of a plan is called, where nobody gave it a name."""

from __future__ import annotations

from kit_django.codegen.auto.alterations import Alteration
from kit_django.codegen.auto.planning import Plan
from kit_django.codegen.scaffolding.names import check_name
from kit_django.exceptions import UsageError

USUAL = "follow_models"


def title_of(plan: Plan) -> str:
    """``create_posts_table``, ``add_nick_to_users``; else that it follows the models."""
    title = "".join(each if each.isalnum() else "_" for each in _said(plan).lower())
    try:
        check_name(title)
    except UsageError:
        return USUAL
    return title


def _said(plan: Plan) -> str:
    match plan:
        case Plan(created=(table,), altered=(), dropped=(), renamed=()):
            return f"create_{table.name}_table"
        case Plan(created=(), altered=(), dropped=(table,), renamed=()):
            return f"drop_{table.name}_table"
        case Plan(created=(), altered=(), dropped=(), renamed=((old, new),)):
            return f"rename_{old.name}_to_{new.name}"
        case Plan(created=(), altered=(made,), dropped=(), renamed=()):
            return _said_of(made)
    return USUAL


def _said_of(made: Alteration) -> str:
    name = made.table.name
    others = (made.changed, made.renamed_indexes, made.has_new_comment)
    new, gone = [each.name for each in made.new], [each.name for each in made.gone]
    match new, gone, made.renamed:
        case [_, *_], [], () if not any(others):
            return f"add_{'_and_'.join(new)}_to_{name}"
        case [], [_, *_], () if not any(others):
            return f"drop_{'_and_'.join(gone)}_from_{name}"
        case [], [], ((old, now),) if not any(others):
            return f"rename_{old}_to_{now}_in_{name}"
    return f"update_{name}_table"
