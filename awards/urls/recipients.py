from django.urls import path

from awards.views.recipients import imports, integrity, pages, rules, writing

_ROOT = "khen-thuong/doi-tuong/"
_ONE = f"{_ROOT}<int:pk>/"

urlpatterns = [
    path(_ROOT, pages.RecipientList.as_view(), name="recipient-list"),
    path(f"{_ROOT}excel/", pages.RecipientExport.as_view(), name="recipient-export"),
    path(f"{_ROOT}them/", writing.RecipientCreate.as_view(), name="recipient-create"),
    path(f"{_ROOT}ket-qua-nam/", writing.YearGrid.as_view(), name="recipient-years"),
    path(f"{_ROOT}nhap/", imports.RecipientImport.as_view(), name="recipient-import"),
    path(f"{_ROOT}nhap/mau/", imports.RecipientTemplate.as_view(), name="recipient-import-template"),
    path(f"{_ROOT}nhap-khen-thuong/", imports.AwardImport.as_view(), name="recipient-award-import"),
    path(f"{_ROOT}nhap-khen-thuong/mau/", imports.AwardTemplate.as_view(), name="recipient-award-import-template"),
    path(_ONE, pages.RecipientDetail.as_view(), name="recipient-detail"),
    path(f"{_ONE}sua/", writing.RecipientEdit.as_view(), name="recipient-edit"),
    path(f"{_ONE}sang-kien/them/", writing.InitiativeCreate.as_view(), name="initiative-create"),
    path(f"{_ONE}sang-kien/<int:idea>/", writing.InitiativeEdit.as_view(), name="initiative-edit"),
    path(f"{_ROOT}sang-kien/<int:pk>/tep/", pages.InitiativeFile.as_view(), name="initiative-file"),
    path(f"{_ONE}ky-luat/them/", integrity.DisciplineCreate.as_view(), name="discipline-create"),
    path(f"{_ONE}ky-luat/<int:part>/het-han/", integrity.DisciplineEnd.as_view(), name="discipline-end"),
    path(f"{_ONE}tam-dung/them/", integrity.HoldCreate.as_view(), name="hold-create"),
    path(f"{_ONE}tam-dung/<int:part>/ket-thuc/", integrity.HoldClose.as_view(), name="hold-close"),
    path("khen-thuong/quy-dinh/", rules.Rules.as_view(), name="award-rules"),
    path("khen-thuong/ho-so/<int:pk>/bo-quy-dinh/", rules.NominationRebase.as_view(), name="nomination-rebase"),
]
