"""Pages of a campaign."""

from django.views.generic import DetailView

from campaigns.models import Campaign


class CampaignDetail(DetailView):
    template_name = "campaigns/detail.html"

    def get_queryset(self):
        return Campaign.objects.visible_to(self.request.user)
