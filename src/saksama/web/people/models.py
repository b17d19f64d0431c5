"""Accounts, and the officer behind each. The ledger knows an officer by number only."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models

from saksama.model.officer import Officer, OfficerId, Role
from saksama.model.wilayah import Wilayah


class User(AbstractUser):
    """Somebody who can sign in. What they may do stands in their profile, not here."""

    email = None  # type: ignore[assignment]  # nobody is written to; what is not kept cannot leak
    EMAIL_FIELD = ""
    REQUIRED_FIELDS: ClassVar[list[str]] = []


class OfficerProfile(models.Model):
    """The one role and area an account has. The database admits no other role, so no assistant can be an officer."""

    officer_id = models.CharField(primary_key=True, max_length=8)
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="profile")
    role = models.CharField(max_length=8)
    wilayah = models.CharField(max_length=13)
    office_name = models.CharField(max_length=120)

    class Meta:
        """The roles of `model.officer.Role`, by name."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(role__in=["operator", "anggota", "pengawas"]), name="officer_role_is_a_persons"
            ),
        ]

    def __str__(self) -> str:
        return self.officer_id

    def as_officer(self) -> Officer:
        """The noun the rules take."""
        return Officer(OfficerId(self.officer_id), Role(self.role), Wilayah(self.wilayah), self.office_name)
