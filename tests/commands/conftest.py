"""The same migrations folder as the runner's tests have."""

from __future__ import annotations

from tests.runner.conftest import migrations

__all__ = ["migrations"]
