from django.urls import URLPattern, path

from awards.views.aftermath import ceremony, complaints, layouts, printing, public, statistics
from pledges.views import documents

_LAYOUT = "khen-thuong/mau-bang/"
_DECISION = "khen-thuong/quyet-dinh/<int:pk>/"
_COMPLAINT = "khen-thuong/khieu-nai/"
_AWARD = "khen-thuong/so/<int:pk>/in-bang/"

urlpatterns: list[URLPattern] = [
    path("bang-khen/<slug:code>/", public.AwardPublic.as_view(), name="award-public"),
    path(_LAYOUT, layouts.LayoutList.as_view(), name="certificate-layout-list"),
    path(f"{_LAYOUT}<int:pk>/", layouts.LayoutDetail.as_view(), name="certificate-layout-detail"),
    path(f"{_LAYOUT}<int:pk>/anh/", layouts.LayoutPicture.as_view(), name="certificate-layout-picture"),
    path(f"{_LAYOUT}<int:pk>/sua/", layouts.LayoutEdit.as_view(), name="certificate-layout-edit"),
    path(f"{_LAYOUT}<int:pk>/in-thu/", layouts.LayoutTestSheet.as_view(), name="certificate-layout-test"),
    path(f"{_LAYOUT}<int:pk>/can-chinh/", layouts.LayoutCalibrate.as_view(), name="certificate-layout-calibrate"),
    path(f"{_LAYOUT}<int:pk>/sao-chep/", layouts.LayoutCopy.as_view(), name="certificate-layout-copy"),
    path(f"{_DECISION}in-bang/", printing.DecisionCertificates.as_view(), name="decision-certificates"),
    path(f"{_DECISION}in-bang/in/", printing.DecisionPrint.as_view(), name="decision-certificates-print"),
    path("khen-thuong/trao/", ceremony.HandingList.as_view(), name="handing-list"),
    path(f"{_DECISION}le-trao/", ceremony.Ceremony.as_view(), name="decision-ceremony"),
    path(f"{_DECISION}le-trao/bang-tinh/", ceremony.CeremonyBook.as_view(), name="decision-ceremony-xlsx"),
    path(
        f"{_DECISION}le-trao/van-ban/",
        documents.RecordDocuments.as_view(desk_name="ceremony"),
        name="ceremony-documents",
    ),
    path(
        f"{_DECISION}le-trao/van-ban/<slug:kind>/xem-truoc/",
        documents.DocumentPreview.as_view(desk_name="ceremony"),
        name="ceremony-document-preview",
    ),
    path(
        f"{_DECISION}le-trao/van-ban/<slug:kind>/lap/",
        documents.DocumentIssue.as_view(desk_name="ceremony"),
        name="ceremony-document-issue",
    ),
    path("khen-thuong/so/<int:pk>/bo-ngay-trao/", ceremony.HandOutUndo.as_view(), name="award-hand-out-undo"),
    path(_AWARD, printing.AwardCertificate.as_view(), name="award-certificate"),
    path(f"{_AWARD}anh/", printing.AwardCertificatePicture.as_view(), name="award-certificate-picture"),
    path(f"{_AWARD}in/", printing.AwardCertificatePrint.as_view(), name="award-certificate-print"),
    path(_COMPLAINT, complaints.ComplaintList.as_view(), name="complaint-list"),
    path(f"{_COMPLAINT}tim/", complaints.ComplaintFind.as_view(), name="complaint-find"),
    path(f"{_COMPLAINT}nhan/", complaints.ComplaintCreate.as_view(), name="complaint-create"),
    path(f"{_COMPLAINT}tinh-lai-han/", complaints.ComplaintRenew.as_view(), name="complaint-renew"),
    path(f"{_COMPLAINT}<int:pk>/", complaints.ComplaintDetail.as_view(), name="complaint-detail"),
    path(f"{_COMPLAINT}<int:pk>/giai-quyet/", complaints.ComplaintSettle.as_view(), name="complaint-settle"),
    path(f"{_COMPLAINT}<int:pk>/tro-ngai/", complaints.ComplaintObstacle.as_view(), name="complaint-obstacle"),
    path(f"{_COMPLAINT}<int:pk>/thu-ly/", complaints.ComplaintAccept.as_view(), name="complaint-accept"),
    path(f"{_COMPLAINT}<int:pk>/phuc-tap/", complaints.ComplaintComplex.as_view(), name="complaint-complex"),
    path(f"{_COMPLAINT}<int:pk>/khong-thu-ly/", complaints.ComplaintRefuse.as_view(), name="complaint-refuse"),
    path(f"{_COMPLAINT}<int:pk>/rut/", complaints.ComplaintWithdraw.as_view(), name="complaint-withdraw"),
    path("khen-thuong/thong-ke/", statistics.AwardStatistics.as_view(), name="award-statistics"),
    path("khen-thuong/thong-ke/bang-tinh/", statistics.AwardStatisticsBook.as_view(), name="award-statistics-xlsx"),
]
