"""``make demo``: the blog built from its migrations, filled, synced, and queried."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import django

MANAGE = Path(__file__).resolve().parent.parent / "manage.py"


def main() -> None:
    for step in (["migrate"], ["migrate_status"], ["loaddata", "blog"], ["db_sync"]):
        manage(*step)
    show_posts()
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


if __name__ == "__main__":
    main()
