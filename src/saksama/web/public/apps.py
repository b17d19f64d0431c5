"""The Django app of public."""

from django.apps import AppConfig


class PublicConfig(AppConfig):
    """What anyone may see of the ledger. It has no tables."""

    name = "saksama.web.public"
    label = "public"
