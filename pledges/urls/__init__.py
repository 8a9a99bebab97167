from pledges.urls import amendments, clauses, dashboards, documents, pledges, reports, scores

urlpatterns = [
    *dashboards.urlpatterns,
    *pledges.urlpatterns,
    *reports.urlpatterns,
    *scores.urlpatterns,
    *documents.urlpatterns,
    *amendments.urlpatterns,
    *clauses.urlpatterns,
]
