"""What all tests share: one database on the disk for each worker, in a folder that goes away."""

from typing import Any

import pytest


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A file, as an office has it, and not memory: so that what SQLite does on disk is what is tested."""
    from django.conf import settings

    database: dict[str, Any] = settings.DATABASES["default"]
    database.setdefault("TEST", {})["NAME"] = str(tmp_path_factory.mktemp("database") / "cases.sqlite3")
