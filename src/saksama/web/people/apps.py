"""The Django app of people."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Accounts and officers."""

    name = "saksama.web.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
