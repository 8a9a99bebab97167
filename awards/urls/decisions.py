from django.urls import URLPattern, path

from awards.views.decisions import documents, money, moves, pages, register

_DECISION, _SO, _QUY = "khen-thuong/quyet-dinh/", "khen-thuong/so/", "khen-thuong/quy/"
_DESK = documents.DESK.name

urlpatterns: list[URLPattern] = [
    path(_DECISION, pages.DecisionList.as_view(), name="decision-list"),
    path(f"{_DECISION}lap/", pages.DecisionCreate.as_view(), name="decision-create"),
    path(f"{_DECISION}<int:pk>/", pages.DecisionDetail.as_view(), name="decision-detail"),
    path(f"{_DECISION}<int:pk>/sua/", pages.DecisionEdit.as_view(), name="decision-edit"),
    path(f"{_DECISION}<int:pk>/dong/<int:line>/", pages.DecisionLineEdit.as_view(), name="decision-line"),
    path(f"{_DECISION}<int:pk>/ban-quyet-dinh/", pages.DecisionFile.as_view(), name="decision-file"),
    path(f"{_DECISION}<int:pk>/dua-vao/", moves.DecisionTake.as_view(), name="decision-take"),
    path(f"{_DECISION}<int:pk>/dua-ra/", moves.DecisionDrop.as_view(), name="decision-drop"),
    path(f"{_DECISION}<int:pk>/ky/", moves.DecisionSign.as_view(), name="decision-sign"),
    path(f"{_DECISION}<int:pk>/dua-ve-du-thao/", moves.DecisionUnsign.as_view(), name="decision-unsign"),
    path(f"{_DECISION}<int:pk>/vao-so/", moves.DecisionNumber.as_view(), name="decision-number"),
    path(f"{_DECISION}<int:pk>/cong-bo/", moves.DecisionPublish.as_view(), name="decision-publish"),
    path(f"{_DECISION}<int:pk>/huy/", moves.DecisionRevoke.as_view(), name="decision-revoke"),
    path(f"{_DECISION}<int:pk>/tien-thuong/", money.DecisionMoney.as_view(), name="decision-money"),
    path(f"{_DECISION}<int:pk>/tien-thuong/excel/", money.DecisionMoneyExport.as_view(), name="decision-money-export"),
    path(
        f"{_DECISION}<int:pk>/van-ban/", documents.RecordDocuments.as_view(desk_name=_DESK), name="decision-documents"
    ),
    path(
        f"{_DECISION}<int:pk>/van-ban/xem-truoc/<slug:kind>/",
        documents.DocumentPreview.as_view(desk_name=_DESK),
        name="decision-document-preview",
    ),
    path(
        f"{_DECISION}<int:pk>/van-ban/lap/<slug:kind>/",
        documents.DocumentIssue.as_view(desk_name=_DESK),
        name="decision-document-issue",
    ),
    path(f"{_QUY}tien-thuong/<int:pk>/he-so/", money.PaymentCoefficient.as_view(), name="payment-coefficient"),
    path(f"{_QUY}thu-hoi/", money.ReceivableList.as_view(), name="receivable-list"),
    path(f"{_QUY}thu-hoi/<int:pk>/", money.PaymentReturn.as_view(), name="payment-return"),
    path(_QUY, money.FundPage.as_view(), name="fund"),
    path(f"{_QUY}excel/", money.FundExport.as_view(), name="fund-export"),
    path(f"{_QUY}ghi/", money.FundAdd.as_view(), name="fund-add"),
    path(f"{_QUY}<int:pk>/huy/", money.FundReverse.as_view(), name="fund-reverse"),
    path(_SO, register.AwardList.as_view(), name="award-list"),
    path(f"{_SO}excel/", register.AwardExport.as_view(), name="award-export"),
    path(f"{_SO}ghi/", register.AwardEnter.as_view(), name="award-enter"),
    path(f"{_SO}ghi/<int:pk>/", register.AwardEnterFor.as_view(), name="award-enter-for"),
    path(f"{_SO}<int:pk>/", register.AwardDetail.as_view(), name="award-detail"),
    path(f"{_SO}<int:pk>/huy/", register.AwardRevoke.as_view(), name="award-revoke"),
]
