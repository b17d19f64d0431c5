"""What every page knows: which office this is, and who is signed in."""

from typing import Any

from django.http import HttpRequest

from saksama.model.errors import NotAllowed
from saksama.web.people.permissions import officer_of, works_here
from saksama.web.people.site import office


def place(request: HttpRequest) -> dict[str, Any]:
    """`site_office`, and for those signed in `me` and `at_home`: whether the office lies in their area."""
    known: dict[str, Any] = {"site_office": office().settings, "me": None, "at_home": False}
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        try:
            known["me"] = officer_of(request)
            known["at_home"] = works_here(known["me"], office())
        except NotAllowed:
            pass  # an account without a role sees the pages that anyone may see
    return known
