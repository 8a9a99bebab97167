from django.urls import path

from pledges.views.contests import entries, judging, setup, vote

_ONE = "hoi-thi/<int:pk>/"
_ROUND = "hoi-thi/<int:pk>/vong/<int:number>/"
_ENTRY = "hoi-thi/bai/<int:pk>/"

urlpatterns = [
    path("hoi-thi/", setup.ContestList.as_view(), name="contest-list"),
    path("hoi-thi/them/", setup.ContestCreate.as_view(), name="contest-create"),
    path(_ONE, setup.ContestDetail.as_view(), name="contest-detail"),
    path(f"{_ONE}sua/", setup.ContestEdit.as_view(), name="contest-edit"),
    path(f"{_ONE}mo-nhan-bai/", setup.ContestAnnounce.as_view(), name="contest-announce"),
    path(f"{_ONE}gia-han/", setup.ContestExtend.as_view(), name="contest-extend"),
    path(f"{_ONE}bat-dau-cham/", setup.ContestStartJudging.as_view(), name="contest-start-judging"),
    path(f"{_ONE}cong-bo/", setup.ContestPublish.as_view(), name="contest-publish"),
    path(f"{_ONE}huy/", setup.ContestCancel.as_view(), name="contest-cancel"),
    path(f"{_ONE}vong/them/", setup.RoundAdd.as_view(), name="contest-round-add"),
    path(f"{_ONE}vong/mo-tiep/", judging.RoundOpen.as_view(), name="contest-round-open"),
    path(f"{_ROUND}sua/", setup.RoundEdit.as_view(), name="contest-round-edit"),
    path(f"{_ROUND}bo/", setup.RoundRemove.as_view(), name="contest-round-remove"),
    path(f"{_ROUND}dong/", judging.RoundClose.as_view(), name="contest-round-close"),
    path(f"{_ROUND}ket-qua/", judging.RoundResultPage.as_view(), name="contest-round-result"),
    path(f"{_ROUND}dong-diem/", judging.RoundTie.as_view(), name="contest-round-tie"),
    path(f"{_ONE}ban-giam-khao/", setup.Jury.as_view(), name="contest-jury"),
    path(f"{_ONE}ban-giam-khao/<int:juror>/bo/", setup.JurorRemove.as_view(), name="contest-juror-remove"),
    path(f"{_ONE}ban-giam-khao/<int:juror>/truong-ban/", setup.JurorHead.as_view(), name="contest-juror-head"),
    path(f"{_ONE}bai/", entries.EntryList.as_view(), name="contest-entry-list"),
    path(f"{_ONE}bai/them/", entries.EntryCreate.as_view(), name="contest-entry-create"),
    path(_ENTRY, entries.EntryDetail.as_view(), name="contest-entry"),
    path(f"{_ENTRY}sua/", entries.EntryEdit.as_view(), name="contest-entry-edit"),
    path(f"{_ENTRY}rut/", entries.EntryWithdraw.as_view(), name="contest-entry-withdraw"),
    path(f"{_ENTRY}loai/", entries.EntryDisqualify.as_view(), name="contest-entry-disqualify"),
    path(f"{_ENTRY}dong-y/", entries.EntryConsent.as_view(), name="contest-entry-consent"),
    path(f"{_ONE}cham/", judging.Judging.as_view(), name="contest-judging"),
    path(f"{_ENTRY}cham/", judging.Score.as_view(), name="contest-score"),
    path(f"{_ONE}giai/", judging.Prizes.as_view(), name="contest-prizes"),
    path(f"{_ONE}ket-qua.xlsx", judging.ContestExport.as_view(), name="contest-export"),
    # without signing in
    path("binh-chon/<slug:code>/", vote.Vote.as_view(), name="vote"),
    path("binh-chon/<slug:code>/da-gui/", vote.VoteSent.as_view(), name="vote-sent"),
    path("binh-chon/<slug:code>/bai/<slug:entry>/", vote.VoteEntry.as_view(), name="vote-entry"),
    path("binh-chon/<slug:code>/xac-nhan/<str:token>/", vote.VoteConfirm.as_view(), name="vote-confirm"),
]
