"""Step 5 while the site is open: one process moves what waits into the ledger, about once a second."""

import logging
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Final

from saksama.model.errors import Broken, SaksamaError

if TYPE_CHECKING:
    from saksama.flow.office import Office

_log = logging.getLogger("saksama.entering")
PAUSE: Final = 1.0  # seconds between looks; a look that finds nothing reads one row and three folders


def enter_until(folder: Path, site: Connection) -> None:
    """Enter what waits in this office until the site that holds the other end of `site` closes it or is gone.

    A pipe and not a shared lock: it ends with its holder, however that ended. Ctrl-C and SIGTERM may reach all
    processes of a terminal or a service; this one finishes what it does and leaves when the site has left. A last look
    comes after, so a decision taken a moment before is in the ledger when the site has closed.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    from saksama.web.office import open_office

    look = Looking(open_office(folder))
    while not site.poll(PAUSE):  # readable only when the other end is closed: nothing is ever sent
        if not look():
            return
    look()


class Looking:
    """One look: enter if there is anything new. The ledger's own lock keeps out every other process."""

    def __init__(self, office: "Office", *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._office = office
        self._sleep = sleep
        self._entered_folders: frozenset[str] | None = None

    def __call__(self) -> bool:
        """Enter what waits. False when entering must stop: a promise failed, and the evidence is kept."""
        from django.db import DatabaseError

        from saksama.flow.enter import enter_pending
        from saksama.web.public.tally import counter_of

        office = self._office
        counter_of(office.folder, office.settings.wilayah.utc_offset_hours).keep(office.published)
        try:
            folders = self._folders()
            desk = self._office.desk
            if folders == self._entered_folders and not desk.cases.outbox(1):
                return True
            with self._office.book() as book:
                enter_pending(book, desk.cases)
            self._entered_folders = folders
        except Broken as fault:
            _log.error("entering has stopped; entries wait in the outbox: %s", fault)
            return False
        except (SaksamaError, OSError, DatabaseError) as fault:
            _log.warning("entering will be tried again: %s", fault)
            self._sleep(PAUSE)
        except Exception as fault:  # noqa: BLE001  # the last stop of this process; its text is not ours to print
            _log.error("entering has stopped; entries wait in the outbox: %s", type(fault).__name__)
            return False
        return True

    def _folders(self) -> frozenset[str]:
        """Finished folders whose entries step 5 reads; a new one means there is something to enter."""
        office = self._office
        kept = (office.rolls.folder, office.runs.folder, office.outcomes.folder)
        return frozenset(str(path) for folder in kept if folder.is_dir() for path in folder.glob("[!.]*"))
