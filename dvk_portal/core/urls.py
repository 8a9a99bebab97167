from django.urls import path

from dvk_portal.core import health, views

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("giao-dien/", views.ComponentsPage.as_view(), name="components"),
]
