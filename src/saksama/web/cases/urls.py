"""Addresses of the queue and of a case."""

from typing import Any

from django.urls import path, register_converter

from saksama.model.case import CaseId
from saksama.web.cases import views


class CaseNumber:
    """`GD-XXXXX-XXXXX` in an address."""

    regex = "GD-[0-9A-Z]{5}-[0-9A-Z]{5}"

    def to_python(self, value: str) -> CaseId:
        """The case's number."""
        return CaseId(value)

    def to_url(self, value: str) -> str:
        """As it is written."""
        return value


register_converter(CaseNumber, "case")
app_name = "cases"
urlpatterns: list[Any] = [
    path("", views.queue, name="queue"),
    path("<case:case_id>/", views.case, name="case"),
    path("<case:case_id>/putuskan/", views.decide, name="decide"),
]
