from pledges.urls import amendments, clauses, dashboards, documents, exemplary, pledges, reports, scores

urlpatterns = [
    *dashboards.urlpatterns,
    *pledges.urlpatterns,
    *reports.urlpatterns,
    *scores.urlpatterns,
    *documents.urlpatterns,
    *amendments.urlpatterns,
    *clauses.urlpatterns,
    *exemplary.urlpatterns,
]
