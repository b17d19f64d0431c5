"""Addresses of the ledger's pages and of the published log (C2SP tlog-tiles below this prefix)."""

from typing import Any

from django.urls import path, register_converter

from saksama.web.public import checking, views


class EvidenceName:
    """The names under which an entry can be taken home; any other is no address."""

    regex = r"catatan\.json|bukti\.tlog-proof|bukti\.zip"

    def to_python(self, value: str) -> str:
        """As it is."""
        return value

    def to_url(self, value: str) -> str:
        """As it is."""
        return value


class PolicyName:
    """The names of a policy that was replaced and of the last checkpoint under it."""

    regex = r"[0-9a-f]{64}(?:\.checkpoint)?"

    def to_python(self, value: str) -> str:
        """As it is."""
        return value

    def to_url(self, value: str) -> str:
        """As it is."""
        return value


register_converter(EvidenceName, "evidence")
register_converter(PolicyName, "policy")
app_name = "public"
urlpatterns: list[Any] = [
    path("", views.ledger, name="ledger"),
    path("catatan/", views.entries, name="entries"),
    path("catatan/<int:index>/", views.entry, name="entry"),
    path("catatan/<int:index>/<evidence:member>", views.entry_file, name="file"),
    path("periksa/", checking.check, name="check"),
    path("checkpoint", views.note, {"name": "checkpoint"}, name="checkpoint"),
    path("policy", views.note, {"name": "policy"}, name="policy"),
    path("policies/<policy:replaced>", views.earlier_policy, name="earlier"),
    path("tile/<path:path>", views.tile, name="tile"),
]
