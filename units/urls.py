from django.urls import path

from units import views

urlpatterns = [
    path("ca-nhan/", views.Account.as_view(), name="account"),
    path("don-vi/", views.UnitList.as_view(), name="unit-list"),
    path("don-vi/them/", views.UnitCreate.as_view(), name="unit-create"),
    path("don-vi/<int:pk>/", views.UnitDetail.as_view(), name="unit-detail"),
    path("don-vi/<int:pk>/doi-ten/", views.UnitRename.as_view(), name="unit-rename"),
    path("don-vi/<int:pk>/chuyen/", views.UnitMove.as_view(), name="unit-move"),
    path("don-vi/<int:pk>/ket-thuc/", views.UnitClose.as_view(), name="unit-close"),
    path("don-vi/<int:pk>/sap-nhap/", views.UnitMerge.as_view(), name="unit-merge"),
    path("don-vi/<int:pk>/giao-vai-tro/", views.MembershipGrant.as_view(), name="membership-grant"),
    path("vai-tro/<int:pk>/ket-thuc/", views.MembershipEnd.as_view(), name="membership-end"),
    path("vai-tro/<int:pk>/ban-giao/", views.MembershipHandOver.as_view(), name="membership-hand-over"),
]
