"""The WSGI application granian runs; the office folder is named by `SAKSAMA_OFFICE`."""

import ctypes
import os
import signal
import sys
from typing import Final

from django.core.wsgi import get_wsgi_application

SERVED_BY: Final = "SAKSAMA_SERVED_BY"  # the process that serves, for its workers
_PR_SET_PDEATHSIG: Final = 1  # linux/prctl.h


def leave_with(parent: int) -> None:
    """Have Linux end this worker when the serving process is gone, however it went: an orphan would hold the port."""
    if sys.platform != "linux" or not parent:
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it went before we asked
        os.kill(os.getpid(), signal.SIGTERM)


leave_with(int(os.environ.get(SERVED_BY, "0")))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saksama.web.settings")
application = get_wsgi_application()
if os.environ.get("SAKSAMA_OFFICE"):
    from saksama.web.people.site import office

    office()  # now, so that the first visitor does not wait for the engine to be read in
