from django.urls import path

from units.views import delegations, issuing, numbers, shapes
from units.views import units as views

urlpatterns = [
    path("ca-nhan/", views.Account.as_view(), name="account"),
    path("don-vi/", views.UnitList.as_view(), name="unit-list"),
    path("don-vi/them/", views.UnitCreate.as_view(), name="unit-create"),
    path("don-vi/ranh-gioi/", shapes.Shapes.as_view(), name="unit-shapes"),
    path("don-vi/<int:pk>/", views.UnitDetail.as_view(), name="unit-detail"),
    path("don-vi/<int:pk>/doi-ten/", views.UnitRename.as_view(), name="unit-rename"),
    path("don-vi/<int:pk>/chuyen/", views.UnitMove.as_view(), name="unit-move"),
    path("don-vi/<int:pk>/ket-thuc/", views.UnitClose.as_view(), name="unit-close"),
    path("don-vi/<int:pk>/sap-nhap/", views.UnitMerge.as_view(), name="unit-merge"),
    path("don-vi/<int:pk>/giao-vai-tro/", views.MembershipGrant.as_view(), name="membership-grant"),
    path("vai-tro/<int:pk>/ket-thuc/", views.MembershipEnd.as_view(), name="membership-end"),
    path("vai-tro/<int:pk>/ban-giao/", views.MembershipHandOver.as_view(), name="membership-hand-over"),
    path("don-vi/<int:pk>/van-ban/", issuing.UnitIssuing.as_view(), name="unit-issuing"),
    path("don-vi/<int:pk>/van-ban/them/", issuing.IssuingCreate.as_view(), name="issuing-create"),
    path("thong-tin-ban-hanh/<int:pk>/sua/", issuing.IssuingEdit.as_view(), name="issuing-edit"),
    path("don-vi/<int:pk>/nhiem-ky/them/", issuing.TermCreate.as_view(), name="term-create"),
    path("nhiem-ky/<int:pk>/sua/", issuing.TermEdit.as_view(), name="term-edit"),
    path("don-vi/<int:pk>/uy-quyen/", delegations.UnitDelegations.as_view(), name="unit-delegations"),
    path("don-vi/<int:pk>/uy-quyen/them/", delegations.DelegationCreate.as_view(), name="delegation-create"),
    path("uy-quyen/<int:pk>/ket-thuc/", delegations.DelegationEnd.as_view(), name="delegation-end"),
    path("van-ban/so/", numbers.NumberList.as_view(), name="number-list"),
    path("van-ban/so/tai-ve/", numbers.NumberExport.as_view(), name="number-export"),
    path("van-ban/so/lay-so/", numbers.NumberTake.as_view(), name="number-take"),
    path("van-ban/so/ghi-so-ngoai/", numbers.NumberRecord.as_view(), name="number-record"),
    path("van-ban/so/<int:pk>/bo/", numbers.NumberVoid.as_view(), name="number-void"),
]
