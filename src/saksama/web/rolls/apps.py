"""The Django app of rolls."""

from django.apps import AppConfig


class RollsConfig(AppConfig):
    """Rolls taken in and searches run: their counts. It has no tables."""

    name = "saksama.web.rolls"
    label = "rolls"
