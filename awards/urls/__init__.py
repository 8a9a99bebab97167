from awards.urls import aftermath, cycles, decisions, nominations, recipients

urlpatterns = [
    *recipients.urlpatterns,
    *cycles.urlpatterns,
    *nominations.urlpatterns,
    *decisions.urlpatterns,
    *aftermath.urlpatterns,
]
