"""The settings of the tests: one process tests one database, named by ``KIT_TEST_DATABASE``."""

from __future__ import annotations

from tests import databases

SECRET_KEY = "tests"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["kit_django"]
DATABASES = {
    "default": databases.settings_of(databases.vendor(), databases.scratch_name()),
    "other": databases.settings_of(databases.vendor(), databases.scratch_name("other")),
}
