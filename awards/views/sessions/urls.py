"""Addresses of sessions and ballots inside the council's site (awards/views/council/site.py wraps each)."""

from django.urls import URLPattern, path

from awards.views.sessions import ballots, documents, meetings, voting

_M, _B = "phien-hop/<int:pk>/", "phien-hop/luot/<int:pk>/"

urlpatterns: list[URLPattern] = [
    path("phien-hop/", meetings.Meetings.as_view(), name="meetings"),
    path("phien-hop/trieu-tap/", meetings.Call.as_view(), name="meeting-call"),
    path(_M, meetings.Meeting.as_view(), name="meeting"),
    path(f"{_M}sua/", meetings.Edit.as_view(), name="meeting-edit"),
    path(f"{_M}diem-danh/", meetings.Presence.as_view(), name="meeting-presence"),
    path(f"{_M}y-kien/", meetings.Opinions.as_view(), name="meeting-opinions"),
    path(f"{_M}y-kien/<int:member>/", meetings.Opinion.as_view(), name="meeting-opinion"),
    path(f"{_M}y-kien/<int:member>/tep/", meetings.OpinionFile.as_view(), name="meeting-opinion-file"),
    path(f"{_M}ghi-bien-ban/", meetings.Texts.as_view(), name="meeting-texts"),
    path(f"{_M}tien-do/", meetings.Progress.as_view(), name="meeting-progress"),
    path(f"{_M}khai-mac/", meetings.Open.as_view(), name="meeting-open"),
    path(f"{_M}be-mac/", meetings.Close.as_view(), name="meeting-close"),
    path(f"{_M}khong-hop/", meetings.CallOff.as_view(), name="meeting-call-off"),
    path(f"{_M}dong-hom-phieu/", meetings.CloseVoting.as_view(), name="meeting-close-voting"),
    path(f"{_M}mo-lai-hom-phieu/", meetings.ReopenVoting.as_view(), name="meeting-reopen-voting"),
    path(f"{_M}kiem-phieu/", meetings.CountBallots.as_view(), name="meeting-count"),
    path(f"{_M}lap-luot/<int:key>/", ballots.Prepare.as_view(), name="ballot-prepare"),
    path(f"{_M}van-ban/", documents.MeetingDocuments.as_view(), name="meeting-documents"),
    path(
        f"{_M}van-ban/xem-truoc/<slug:kind>/",
        documents.MeetingDocumentPreview.as_view(),
        name="meeting-document-preview",
    ),
    path(f"{_M}van-ban/lap/<slug:kind>/", documents.MeetingDocumentIssue.as_view(), name="meeting-document-issue"),
    path(_B, ballots.BallotDetail.as_view(), name="ballot"),
    path(f"{_B}mo/", ballots.OpenBallot.as_view(), name="ballot-open"),
    path(f"{_B}huy/", ballots.CancelBallot.as_view(), name="ballot-cancel"),
    path(f"{_B}vong-tiep/", ballots.NextRound.as_view(), name="ballot-next"),
    path(f"{_B}bieu-quyet/", ballots.Hands.as_view(), name="hands"),
    path(f"{_B}bieu-quyet/<int:candidate>/", ballots.Names.as_view(), name="hands-names"),
    path(f"{_B}bo-phieu/", voting.Vote.as_view(), name="vote"),
    path(f"{_B}ket-qua/", ballots.Results.as_view(), name="results"),
]
