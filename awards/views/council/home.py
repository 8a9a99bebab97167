"""The first page of the council's site: what waits for me."""

from django.views.generic import TemplateView

from awards.views.council.pages import CouncilPage


class Index(CouncilPage, TemplateView):
    seat_required = False
    template_name = "awards/council/index.html"
    page_title = "Việc của tôi"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return []
