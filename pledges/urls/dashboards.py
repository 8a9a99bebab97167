from django.urls import path

from pledges.views import dashboards

urlpatterns = [path("", dashboards.Home.as_view(), name="home")]
