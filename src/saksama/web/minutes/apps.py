"""The Django app of minutes."""

from django.apps import AppConfig


class MinutesConfig(AppConfig):
    """Outcomes: the next roll and the Berita Acara. It has no tables."""

    name = "saksama.web.minutes"
    label = "minutes"
