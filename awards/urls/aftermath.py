from django.urls import URLPattern, path

from awards.views.aftermath import public

urlpatterns: list[URLPattern] = [
    path("bang-khen/<slug:code>/", public.AwardPublic.as_view(), name="award-public"),
]
