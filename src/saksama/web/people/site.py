"""The office these pages serve: opened once a process, from the folder the settings name."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from saksama.casework.store import CaseStore

if TYPE_CHECKING:
    from saksama.flow.office import Office

_store_maker: Callable[[], CaseStore] | None = None
_office: "Office | None" = None


def keep_cases_in(maker: Callable[[], CaseStore]) -> None:
    """Say where cases are kept. The app of cases says it when Django starts: people stand below cases."""
    global _store_maker  # noqa: PLW0603  # set once a process, by Django's app registry
    _store_maker = maker


def case_store() -> CaseStore:
    """The store cases are kept in."""
    assert _store_maker is not None, "the app of cases is not installed"
    return _store_maker()


def open_folder(folder: Path) -> "Office":
    """The office in `folder` with its cases in Django's database; the pages serve it from now on."""
    from saksama.flow.office import open_office  # brings the engine in: not for `migrate`, not for the enterer's start

    opened = open_office(folder, cases=case_store())
    use(opened)
    return opened


def use(office: "Office | None") -> None:
    """Let the pages serve this office."""
    global _office  # noqa: PLW0603  # one office a process
    _office = office


def office() -> "Office":
    """The office these pages serve."""
    if _office is None:
        assert settings.OFFICE_FOLDER is not None, "no office: set SAKSAMA_OFFICE to its folder"
        return open_folder(settings.OFFICE_FOLDER)
    return _office
