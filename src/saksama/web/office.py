"""The way in for commands: an office with its cases in the database, and enrolling the people who work there."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import django
from django.conf import settings

from saksama.flow.settings import read_settings
from saksama.model.officer import Officer

if TYPE_CHECKING:
    from saksama.flow.office import Office


def open_office(folder: Path) -> "Office":
    """The office in `folder` with its case store, its database up to date; raises BadSettings where there is no office.

    One process serves one office: Django knows one database. Raises AssertionError for a second folder.
    """
    folder = folder.resolve()
    read_settings(folder)  # refuses before Django makes a file in a folder that is no office
    configure(folder)
    from django.db import connection

    from saksama.web.cases.immutability import require_installed
    from saksama.web.people.site import open_folder

    _bring_up_to_date()
    require_installed(connection)
    return open_folder(folder)


def enrol_officer(officer: Officer, *, username: str, password: str, office: "Office") -> None:
    """Let this person sign in and act; raises BadInput for a name or number in use, or a password too weak."""
    from saksama.web.people.enrolling import enrol

    enrol(officer, username=username, password=password, office=office)


def configure(folder: Path) -> None:
    """Set Django up for this office; a process set up without an office (tests) keeps its own database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saksama.web.settings")
    if not settings.configured:
        os.environ["SAKSAMA_OFFICE"] = str(folder)
    django.setup()
    if settings.OFFICE_FOLDER not in (None, folder):
        raise AssertionError("one process serves one office")


def _bring_up_to_date() -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
