"""Addresses of rolls and searches."""

from typing import Any

from django.urls import path, re_path

from saksama.web.rolls import views

app_name = "rolls"
urlpatterns: list[Any] = [
    path("", views.rolls, name="list"),
    path("pencarian/", views.runs, name="runs"),
    re_path(r"^(?P<roll_id>[0-9a-f]{16})/$", views.roll, name="roll"),
]
