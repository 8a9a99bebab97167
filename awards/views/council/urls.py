"""Addresses of the council's site (awards/views/council/site.py wraps each): names are ``council:<name>``."""

from django.urls import URLPattern, path

from awards.views.council import home

urlpatterns: list[URLPattern] = [
    path("", home.Index.as_view(), name="index"),
]
