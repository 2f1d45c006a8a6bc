"""The tests. In each, what kit_django keeps of a database is compared with what that says."""

import os

os.environ.setdefault("KIT_CHECK_FACTS", "1")
