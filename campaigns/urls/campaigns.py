from django.urls import path

from campaigns.views import campaigns

urlpatterns = [
    path("dot-thi-dua/<int:pk>/", campaigns.CampaignDetail.as_view(), name="campaign-detail"),
]
