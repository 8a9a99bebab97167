from django.urls import path

from pledges.views import pledges as views
from pledges.views import proposals, signing

urlpatterns = [
    path("giao-uoc/", views.PledgeList.as_view(), name="pledge-list"),
    path("giao-uoc/ky-loat/", signing.PledgeSignMany.as_view(), name="pledge-sign-many"),
    path("giao-uoc/nhac/<int:pk>/", views.PledgeRemind.as_view(), name="pledge-remind"),
    path("giao-uoc/tai-ve/<int:pk>/", views.PledgeBundle.as_view(), name="pledge-bundle"),
    path("giao-uoc/<int:pk>/", views.PledgeDetail.as_view(), name="pledge-detail"),
    path("giao-uoc/<int:pk>/in/", views.PledgePrint.as_view(), name="pledge-print"),
    path("giao-uoc/<int:pk>/sua/", proposals.PledgeEdit.as_view(), name="pledge-edit"),
    path("giao-uoc/<int:pk>/gui/", views.PledgePropose.as_view(), name="pledge-propose"),
    path("giao-uoc/<int:pk>/tra-lai/", views.PledgeReturn.as_view(), name="pledge-return"),
    path("giao-uoc/<int:pk>/thong-nhat/", views.PledgeAgree.as_view(), name="pledge-agree"),
    path("giao-uoc/<int:pk>/mo-lai/", views.PledgeReopen.as_view(), name="pledge-reopen"),
    path("giao-uoc/<int:pk>/rut/", views.PledgeWithdraw.as_view(), name="pledge-withdraw"),
    path("giao-uoc/<int:pk>/lap-lai/", views.PledgeResume.as_view(), name="pledge-resume"),
    path("giao-uoc/<int:pk>/thay-the/", views.PledgeSupersede.as_view(), name="pledge-supersede"),
    path("giao-uoc/<int:pk>/ky/", signing.PledgeSign.as_view(), name="pledge-sign"),
]
