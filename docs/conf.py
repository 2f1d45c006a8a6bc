"""The guide as a site: ``make docs``."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

project = "kit_django"
HERE = Path(__file__).resolve().parent

release = tomllib.loads((HERE.parent / "pyproject.toml").read_text("utf-8"))["project"]["version"]
html_title = f"kit_django {release}"

sys.path[:0] = [str(HERE), str(HERE.parent)]
extensions = ["myst_parser", "reference"]
exclude_patterns = ["_build", "README.md"]
smartquotes = False  # --step is no dash
html_theme = "furo"
html_copy_source = False
html_show_copyright = False

# Links to a heading, as GitHub makes them of its words.
myst_heading_anchors = 3
