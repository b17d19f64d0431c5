"""Addresses of outcomes and their documents."""

from typing import Any

from django.urls import path, re_path

from saksama.web.minutes import views

app_name = "minutes"
urlpatterns: list[Any] = [
    path("", views.outcomes, name="list"),
    re_path(
        r"^(?P<outcome_id>[0-9a-f]{16,64})/(?P<name>[a-z0-9-]+(\.[a-z0-9]+)*\.(html|pdf))$",
        views.document,
        name="document",
    ),
]
