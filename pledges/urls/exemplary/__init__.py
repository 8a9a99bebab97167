from pledges.urls.exemplary import analysis, contests, gallery, recognition, register, replication

urlpatterns = [
    *register.urlpatterns,
    *recognition.urlpatterns,
    *replication.urlpatterns,
    *gallery.urlpatterns,
    *contests.urlpatterns,
    *analysis.urlpatterns,
]
