"""Who is asking, and the two questions every page asks of them. The law of deciding itself is in `casework.rules`."""

from typing import TYPE_CHECKING

from django.http import HttpRequest

from saksama.model.errors import NotAllowed
from saksama.model.officer import Officer
from saksama.model.texts import _
from saksama.web.people.models import OfficerProfile

if TYPE_CHECKING:
    from saksama.flow.office import Office


class NoProfile(NotAllowed):
    """An account that was given no role."""


def officer_of(request: HttpRequest) -> Officer:
    """The officer who asks; raises NoProfile for an account without one."""
    if not hasattr(request, "saksama_officer"):
        profile = OfficerProfile.objects.filter(user_id=request.user.pk or 0).first()
        request.saksama_officer = None if profile is None else profile.as_officer()  # type: ignore[attr-defined]
    officer: Officer | None = request.saksama_officer  # type: ignore[attr-defined]
    if officer is None:
        raise NoProfile(
            _("Akun ini belum diberi peran. Yang memberi peran: pengelola kantor, lewat saksama office enrol.")
        )
    return officer


def works_here(officer: Officer, office: "Office") -> bool:
    """Whether this office lies in the officer's area."""
    return officer.wilayah.contains(office.settings.wilayah)


def decides_here(officer: Officer, office: "Office") -> bool:
    """Whether cases of this office wait for this officer: the rules let nobody decide for another office."""
    return officer.role.decides and officer.wilayah == office.settings.wilayah


def require_reader(officer: Officer, office: "Office") -> None:
    """Raise NotAllowed unless this office lies in the officer's area."""
    if not works_here(officer, office):
        raise NotAllowed(
            _("Halaman ini milik {office}; hanya petugas dan pengawas wilayah {area} yang dapat membukanya.").format(
                office=office.settings.name, area=office.settings.wilayah
            )
        )
