from pledges.urls import dashboards, pledges, reports, scores

urlpatterns = [*dashboards.urlpatterns, *pledges.urlpatterns, *reports.urlpatterns, *scores.urlpatterns]
