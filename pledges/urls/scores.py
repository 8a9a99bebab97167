from django.urls import path

from pledges.views import ranking, scoregrid, scoresheets, totals

urlpatterns = [
    path("phieu-diem/", scoresheets.ScoreSheetList.as_view(), name="scoresheet-list"),
    path("phieu-diem/luoi/<int:campaign>/", scoregrid.ScoreGridIndex.as_view(), name="score-grid-index"),
    path(
        "phieu-diem/luoi/<int:campaign>/chap-nhan/<path:criterion>/",
        scoregrid.ScoreGridAccept.as_view(),
        name="score-grid-accept",
    ),
    path("phieu-diem/luoi/<int:campaign>/<path:criterion>/", scoregrid.ScoreGrid.as_view(), name="score-grid"),
    path("phieu-diem/chenh-lech/<int:campaign>/", ranking.GapExport.as_view(), name="score-export-gaps"),
    path("phieu-diem/minh-chung/<int:pk>/", scoresheets.ProofDownload.as_view(), name="score-proof-file"),
    path("phieu-diem/minh-chung/<int:pk>/go/", scoresheets.ProofRemove.as_view(), name="score-proof-remove"),
    path("phieu-diem/<int:pk>/", scoresheets.ScoreSheetDetail.as_view(), name="scoresheet-detail"),
    path("phieu-diem/<int:pk>/nhap/", scoresheets.ScoreEntry.as_view(), name="score-entry"),
    path("phieu-diem/<int:pk>/chap-nhan/", scoresheets.SheetAccept.as_view(), name="score-accept"),
    path("phieu-diem/<int:pk>/gui/", scoresheets.SheetSend.as_view(), name="scoresheet-send-self"),
    path("phieu-diem/<int:pk>/tra-lai/", scoresheets.SheetReturn.as_view(), name="scoresheet-return-self"),
    path("phieu-diem/<int:pk>/hoan-tat/", scoresheets.SheetVerify.as_view(), name="scoresheet-verify"),
    path("phieu-diem/<int:pk>/thong-nhat/", scoresheets.SheetAgree.as_view(), name="scoresheet-agree"),
    path("phieu-diem/<int:pk>/mo-lai/", scoresheets.SheetReopen.as_view(), name="scoresheet-reopen"),
    path("phieu-diem/<int:pk>/dieu-kien/khai/", scoresheets.GateDeclare.as_view(), name="score-gate-declare"),
    path("phieu-diem/<int:pk>/dieu-kien/rut/", scoresheets.GateWithdraw.as_view(), name="score-gate-withdraw"),
    path("phieu-diem/<int:pk>/minh-chung/<path:criterion>/", scoresheets.ProofPage.as_view(), name="score-proof"),
    path("xep-hang/", ranking.RankingList.as_view(), name="ranking-list"),
    path("xep-hang/<int:pk>/", ranking.Ranking.as_view(), name="ranking"),
    path("xep-hang/<int:pk>/tinh-lai/", ranking.RankingRecalculate.as_view(), name="ranking-recalculate"),
    path("xep-hang/<int:pk>/tien-do/", ranking.RankingProgress.as_view(), name="ranking-progress"),
    path("xep-hang/<int:pk>/thu-tu/<int:cluster>/", ranking.TieDecide.as_view(), name="ranking-tie"),
    path("xep-hang/<int:pk>/cong-bo/", ranking.RankingPublish.as_view(), name="ranking-publish"),
    path("xep-hang/<int:pk>/excel/", ranking.RankingExport.as_view(), name="ranking-export"),
    path("tong-hop/<int:pk>/", totals.Totals.as_view(), name="totals"),
    path("tong-hop/<int:pk>/excel/", totals.TotalsExport.as_view(), name="totals-export"),
    path("tong-hop/<int:pk>/<int:indicator>/", totals.TotalsIndicator.as_view(), name="totals-indicator"),
]
