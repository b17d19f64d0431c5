"""Addresses. No voter stands in any of them: a case is named by its number, a place by its code."""

from typing import Any

from allauth.account.views import LoginView, LogoutView
from django.urls import include, path

from saksama.web.people import language, refusals, views

urlpatterns: list[Any] = [
    path("", views.home, name="home"),
    path("masuk/", LoginView.as_view(), name="account_login"),
    path("keluar/", LogoutView.as_view(), name="account_logout"),
    path("bahasa/", language.switch, name="language"),
    path("daftar/", include("saksama.web.rolls.urls")),
    path("perkara/", include("saksama.web.cases.urls")),
    path("berita-acara/", include("saksama.web.minutes.urls")),
    path("buku-besar/", include("saksama.web.public.urls")),
]
handler403 = refusals.forbidden
handler404 = refusals.not_found
handler500 = refusals.server_error
