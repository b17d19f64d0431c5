"""Enrolling: an account, its officer profile and the ledger entry that says so, in one transaction."""

from typing import TYPE_CHECKING

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from saksama.model.errors import BadInput
from saksama.model.officer import Officer
from saksama.model.texts import _
from saksama.web.people.models import OfficerProfile, User
from saksama.web.people.site import case_store

if TYPE_CHECKING:
    from saksama.flow.office import Office


def enrol(
    officer: Officer, *, username: str, password: str, office: "Office", by: str = "program:office-enrol"
) -> None:
    """Let this person sign in and act in their role; raises BadInput for a name or number in use or a weak password."""
    from saksama.flow.office import enrolment_entry

    user = User(username=username)
    try:
        validate_password(password, user)
        user.clean_fields(exclude=["password"])
    except ValidationError as fault:
        raise BadInput(" ".join(fault.messages)) from fault
    user.set_password(password)
    with transaction.atomic():
        if User.objects.filter(username__iexact=username).exists():
            raise BadInput(_("Nama masuk {name} sudah dipakai. Pilih nama lain.").format(name=username))
        if OfficerProfile.objects.filter(officer_id=officer.id).exists():
            raise BadInput(_("Nomor petugas {number} sudah dipakai. Pilih nomor lain.").format(number=officer.id))
        user.save()
        OfficerProfile.objects.create(
            officer_id=officer.id,
            user=user,
            role=officer.role.value,
            wilayah=officer.wilayah.code,
            office_name=officer.office_name,
        )
        case_store().add_to_outbox(enrolment_entry(officer, office=office, by=by))
