"""Addresses of the council's site (awards/views/council/site.py wraps each): names are ``council:<name>``."""

from django.urls import URLPattern, path

from awards.views.council import committees, dossiers, home, rounds

urlpatterns: list[URLPattern] = [
    path("", home.Index.as_view(), name="index"),
    path("ho-so/", dossiers.DossierList.as_view(), name="dossiers"),
    path("ho-so/<int:pk>/", dossiers.DossierPage.as_view(), name="dossier"),
    path("ho-so/<int:pk>/cham/", dossiers.ReviewSave.as_view(), name="review-save"),
    path("ho-so/tep/<int:pk>/", dossiers.DossierFileView.as_view(), name="file"),
    path("so-sanh/", dossiers.ComparisonPage.as_view(), name="comparison"),
    path("so-sanh/tep/", dossiers.ComparisonExport.as_view(), name="comparison-export"),
    path("quan-he/", committees.RelationList.as_view(), name="relations"),
    path("quan-he/khai/", committees.RelationDeclare.as_view(), name="relation-declare"),
    path("quan-he/<int:pk>/khong-con/", committees.RelationEnd.as_view(), name="relation-end"),
    path("vong-cham/", rounds.RoundList.as_view(), name="rounds"),
    path("vong-cham/dot/<int:pk>/tieu-chi/", rounds.CriteriaPage.as_view(), name="criteria"),
    path("vong-cham/dot/<int:pk>/lap/", rounds.RoundCreate.as_view(), name="round-create"),
    path("vong-cham/<int:pk>/", rounds.RoundDetail.as_view(), name="round"),
    path("vong-cham/<int:pk>/sua/", rounds.RoundEdit.as_view(), name="round-edit"),
    path("vong-cham/<int:pk>/phan-cong/", rounds.RoundPlan.as_view(), name="round-plan"),
    path("vong-cham/<int:pk>/giao/", rounds.ReaderAdd.as_view(), name="reader-add"),
    path("vong-cham/phieu/<int:pk>/rut/", rounds.ReaderRemove.as_view(), name="reader-remove"),
    path("vong-cham/<int:pk>/mo/", rounds.RoundOpen.as_view(), name="round-open"),
    path("vong-cham/<int:pk>/nhac/", rounds.RoundRemind.as_view(), name="round-remind"),
    path("vong-cham/<int:pk>/dong/", rounds.RoundClose.as_view(), name="round-close"),
    path("thanh-phan/", committees.CommitteeList.as_view(), name="committees"),
    path("thanh-phan/lap/", committees.CommitteeCreate.as_view(), name="committee-create"),
    path("thanh-phan/<int:pk>/", committees.CommitteeDetail.as_view(), name="committee"),
    path("thanh-phan/<int:pk>/sua/", committees.CommitteeEdit.as_view(), name="committee-edit"),
    path("thanh-phan/<int:pk>/quyet-dinh/", committees.CommitteeFile.as_view(), name="committee-file"),
    path("thanh-phan/<int:pk>/them/", committees.SeatCreate.as_view(), name="seat-create"),
    path("thanh-phan/nhiem-ky/<int:pk>/ket-thuc/", committees.SeatEnd.as_view(), name="seat-end"),
]
