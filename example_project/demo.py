"""``make demo``: the blog built from its migrations, filled, synced, queried, drawn and changed."""

from __future__ import annotations

import difflib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django

HERE = Path(__file__).resolve().parent
MANAGE = HERE.parent / "manage.py"
MODELS = HERE / "blog" / "models.py"
PICTURE = HERE / "diagram.svg"


def main() -> None:
    for step in (["migrate"], ["migrate_status"], ["loaddata", "blog"], ["db_sync"]):
        manage(*step)
    show_posts()
    manage("db_diagram", "--app", "blog", "-o", os.path.relpath(PICTURE))
    change_a_class()
    python = os.path.relpath(sys.executable)
    print(f"\nNext: {python} manage.py createsuperuser, {python} manage.py runserver")


def manage(*argv: str) -> None:
    """Run a command as a person would, so that each sees the models that the last one wrote."""
    print(f"\n$ python manage.py {' '.join(argv)}", flush=True)
    subprocess.run([sys.executable, str(MANAGE), *argv], check=True)


def show_posts() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "example_project.settings")
    django.setup()
    from django.db.models import Count

    from example_project.blog.models import Post

    print("\nThe posts, through the generated models:")
    posts = Post.objects.select_related("user").prefetch_related("tags")
    for post in posts.annotate(comments=Count("comment")).order_by("id"):
        tags = ", ".join(sorted(tag.name for tag in post.tags.all()))
        print(f"- {post.title}, by {post.user.name}; comments: {post.comments}; tags: {tags}")


def change_a_class() -> None:
    """A column more, and what db_sync makes of it; then all is as it was."""
    before = MODELS.read_bytes()
    with made("add_subtitle_to_posts", "subtitle:string?:120"):
        manage("db_sync")
        print("\nWhat that changed in blog/models.py:")
        print("\n".join(difference(before.decode(), MODELS.read_text(encoding="utf-8"))))
        print("\nAnd back again:")
        manage("migrate_rollback")
        manage("db_sync", "--skip-migrations")
    if MODELS.read_bytes() != before:
        raise SystemExit("blog/models.py is not what it was.")


@contextmanager
def made(*argv: str) -> Iterator[None]:
    """A migration, which is there for a while."""
    folder = HERE / "migrations"
    known = set(folder.glob("*.py"))
    manage("make_migration", *argv)
    new = set(folder.glob("*.py")) - known
    try:
        yield
    finally:
        for path in new:
            path.unlink()


def difference(before: str, after: str) -> Iterator[str]:
    name = "blog/models.py"
    return difflib.unified_diff(
        before.splitlines(), after.splitlines(), name, name, lineterm="", n=2
    )


if __name__ == "__main__":
    main()
