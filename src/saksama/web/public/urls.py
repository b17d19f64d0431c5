"""Addresses of the ledger page and of the published log (C2SP tlog-tiles below this prefix)."""

from typing import Any

from django.urls import path

from saksama.web.public import views

app_name = "public"
urlpatterns: list[Any] = [
    path("", views.ledger, name="ledger"),
    path("checkpoint", views.note, {"name": "checkpoint"}, name="checkpoint"),
    path("policy", views.note, {"name": "policy"}, name="policy"),
    path("tile/<path:path>", views.tile, name="tile"),
]
