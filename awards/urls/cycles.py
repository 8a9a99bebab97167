from django.urls import path

from awards.views.cycles import cycles, public, publications, quotas, schedule

_ROOT = "khen-thuong/dot/"
_ONE = f"{_ROOT}<int:pk>/"
_LIST = "khen-thuong/cong-khai/<int:pk>/"
_PUBLIC = "cong-khai/<slug:code>/"

urlpatterns = [
    path(_ROOT, cycles.CycleList.as_view(), name="cycle-list"),
    path(f"{_ROOT}them/", cycles.CycleCreate.as_view(), name="cycle-create"),
    path(f"{_ROOT}lich/", cycles.Calendar.as_view(), name="cycle-calendar"),
    path(f"{_ROOT}lich.ics", cycles.CalendarFile.as_view(), name="cycle-calendar-file"),
    path(_ONE, cycles.CycleDetail.as_view(), name="cycle-detail"),
    path(f"{_ONE}sua/", cycles.CycleEdit.as_view(), name="cycle-edit"),
    path(f"{_ONE}lap-tiep/", cycles.CycleCopy.as_view(), name="cycle-copy"),
    path(f"{_ONE}chuyen/<slug:move>/", cycles.CycleMove.as_view(), name="cycle-move"),
    path(f"{_ONE}lich/", schedule.Schedule.as_view(), name="cycle-schedule"),
    path(f"{_ONE}lich/tinh-lai/", schedule.Renew.as_view(), name="cycle-schedule-renew"),
    path(f"{_ONE}buoc/<slug:stage>/", schedule.PhaseEdit.as_view(), name="cycle-phase"),
    path(f"{_ONE}buoc/<slug:stage>/bo/", schedule.PhaseRemove.as_view(), name="cycle-phase-remove"),
    path(f"{_ONE}han-muc/", quotas.Quotas.as_view(), name="cycle-quotas"),
    path(f"{_ONE}han-muc/them/", quotas.QuotaCreate.as_view(), name="quota-create"),
    path(f"{_ONE}han-muc/<int:quota>/", quotas.QuotaEdit.as_view(), name="quota-edit"),
    path(f"{_ONE}han-muc/<int:quota>/bo/", quotas.QuotaRemove.as_view(), name="quota-remove"),
    path(f"{_ONE}de-nghi/", quotas.Proposals.as_view(), name="cycle-proposals"),
    path(f"{_ONE}cong-khai/", publications.PublicationCreate.as_view(), name="publication-create"),
    path(_LIST, publications.PublicationDetail.as_view(), name="publication-detail"),
    path(f"{_LIST}gia-han/", publications.PublicationExtend.as_view(), name="publication-extend"),
    path(f"{_LIST}ket-thuc/", publications.PublicationClose.as_view(), name="publication-close"),
    path(f"{_LIST}y-kien/them/", publications.CommentCreate.as_view(), name="publication-comment-create"),
    path(f"{_LIST}y-kien/<int:comment>/", publications.CommentHandle.as_view(), name="publication-comment"),
    # without signing in
    path(_PUBLIC, public.PublicList.as_view(), name="publication-public"),
    path(f"{_PUBLIC}da-nhan/", public.PublicThanks.as_view(), name="publication-thanks"),
]
