"""Addresses of sessions and ballots inside the council's site (awards/views/council/site.py wraps each)."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
