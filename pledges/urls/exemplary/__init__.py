from pledges.urls.exemplary import analysis, contests, gallery, lists, recognition, register, replication

urlpatterns = [
    *register.urlpatterns,
    *lists.urlpatterns,
    *recognition.urlpatterns,
    *replication.urlpatterns,
    *gallery.urlpatterns,
    *contests.urlpatterns,
    *analysis.urlpatterns,
]
