from django.urls import path

from pledges.views import clauses as views

urlpatterns = [
    path("giao-uoc/dieu-khoan/", views.ClauseList.as_view(), name="clause-list"),
    path("giao-uoc/dieu-khoan/them/", views.ClauseCreate.as_view(), name="clause-create"),
    path("giao-uoc/dieu-khoan/<int:pk>/", views.ClauseEdit.as_view(), name="clause-edit"),
    path("giao-uoc/dieu-khoan/<int:pk>/bat/", views.ClauseOn.as_view(), name="clause-on"),
    path("giao-uoc/dieu-khoan/<int:pk>/tat/", views.ClauseOff.as_view(), name="clause-off"),
]
