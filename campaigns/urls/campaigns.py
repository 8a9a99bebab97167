from django.urls import path

from campaigns.views import campaigns, campaigns_copy, campaigns_parts, campaigns_periods, campaigns_roster

_ONE = "dot-thi-dua/<int:pk>"

urlpatterns = [
    path("dot-thi-dua/", campaigns.CampaignList.as_view(), name="campaign-list"),
    path("dot-thi-dua/moi/", campaigns.CampaignCreate.as_view(), name="campaign-create"),
    path(f"{_ONE}/", campaigns.CampaignDetail.as_view(), name="campaign-detail"),
    # moves
    path(f"{_ONE}/phat-dong/", campaigns.CampaignLaunch.as_view(), name="campaign-launch"),
    path(f"{_ONE}/cham-diem/", campaigns.StartScoring.as_view(), name="campaign-start-scoring"),
    path(f"{_ONE}/mo-lai/", campaigns.ReopenCampaign.as_view(), name="campaign-reopen"),
    path(f"{_ONE}/luu-tru/", campaigns.ArchiveCampaign.as_view(), name="campaign-archive"),
    path(f"{_ONE}/huy/", campaigns.CancelCampaign.as_view(), name="campaign-cancel"),
    path(f"{_ONE}/nhan-ban/", campaigns_copy.CampaignCopy.as_view(), name="campaign-copy"),
    # parts
    path(f"{_ONE}/thong-tin/", campaigns_parts.BasicsView.as_view(), name="campaign-basics"),
    path(f"{_ONE}/noi-dung/", campaigns_parts.ContentView.as_view(), name="campaign-content"),
    path(f"{_ONE}/van-ban/", campaigns_parts.DocumentView.as_view(), name="campaign-document"),
    path(f"{_ONE}/tai-lieu/<int:attachment>/", campaigns.AttachmentDownload.as_view(), name="campaign-attachment"),
    path(
        f"{_ONE}/tai-lieu/<int:attachment>/bo/",
        campaigns_parts.AttachmentRemove.as_view(),
        name="campaign-attachment-remove",
    ),
    path(f"{_ONE}/bang-tieu-chi/", campaigns_parts.SchemeView.as_view(), name="campaign-scheme"),
    path(f"{_ONE}/phan-cong-tu-dong/", campaigns_parts.AssignmentsMap.as_view(), name="campaign-map"),
    path(f"{_ONE}/chi-so/", campaigns_parts.AskedView.as_view(), name="campaign-asked"),
    # periods
    path(f"{_ONE}/ky-bao-cao/", campaigns_periods.PeriodsView.as_view(), name="campaign-periods"),
    path(f"{_ONE}/ky-bao-cao/tinh-lai/", campaigns_periods.PeriodsRenew.as_view(), name="campaign-periods-renew"),
    path(f"{_ONE}/ky-bao-cao/<int:period>/", campaigns_periods.PeriodEdit.as_view(), name="period-edit"),
    path(f"{_ONE}/ky-bao-cao/<int:period>/bo/", campaigns_periods.PeriodRemove.as_view(), name="period-remove"),
    # roster and clusters
    path(f"{_ONE}/don-vi/", campaigns_roster.RosterView.as_view(), name="campaign-roster"),
    path(f"{_ONE}/don-vi/chon/", campaigns_roster.CandidatesView.as_view(), name="campaign-candidates"),
    path(f"{_ONE}/don-vi/them/", campaigns_roster.RosterAdd.as_view(), name="campaign-roster-add"),
    path(f"{_ONE}/don-vi/bo/", campaigns_roster.RosterRemove.as_view(), name="campaign-roster-remove"),
    path(f"{_ONE}/don-vi/nhap/", campaigns_roster.RosterImport.as_view(), name="campaign-roster-import"),
    path(f"{_ONE}/don-vi/xuat/", campaigns_roster.RosterExport.as_view(), name="campaign-roster-export"),
    path(f"{_ONE}/cum/", campaigns_roster.ClustersView.as_view(), name="campaign-clusters"),
    path(f"{_ONE}/cum/<int:cluster>/", campaigns_roster.ClusterEdit.as_view(), name="cluster-edit"),
    path(f"{_ONE}/cum/<int:cluster>/bo/", campaigns_roster.ClusterRemove.as_view(), name="cluster-remove"),
    path(f"{_ONE}/truong-cum/<int:head>/ket-thuc/", campaigns_roster.HeadEnd.as_view(), name="cluster-head-end"),
]
