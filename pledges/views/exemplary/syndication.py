"""What machines read of the gallery: RSS and the sitemap. Public models only, as the public sees them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.feedgenerator import Rss201rev2Feed

from pledges.models import ExemplaryModel
from pledges.services.exemplary import gallery
from pledges.services.exemplary.gallery import PublicModel
from pledges.views.exemplary.gallery import absolute

FEED_LENGTH = 30


class ModelFeed(Feed):
    """The newest public models."""

    feed_type = Rss201rev2Feed
    title = "Mô hình Dân vận khéo"
    description = "Mô hình, điển hình “Dân vận khéo” mới công khai."
    language = "vi"

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().__call__(request, *args, **kwargs)
        patch_cache_control(response, private=True, no_cache=True)
        return response

    def link(self) -> str:
        return absolute(reverse("gallery"))

    def feed_url(self) -> str:
        return absolute(reverse("gallery-feed"))

    def items(self) -> list[PublicModel]:
        newest = gallery.find_models(gallery.Wish())[:FEED_LENGTH]
        return [gallery.make_public(model) for model in gallery.with_public_parts(newest)]

    def item_title(self, item: PublicModel) -> str:
        return item.name

    def item_description(self, item: PublicModel) -> str:
        return item.summary

    def item_link(self, item: PublicModel) -> str:
        return absolute(item.url)

    def item_guid(self, item: PublicModel) -> str:
        return absolute(item.url)

    def item_categories(self, item: PublicModel) -> Iterable[str]:
        return (item.field, *item.tags)

    def item_pubdate(self, item: PublicModel) -> datetime | None:
        return item.published_at


class GallerySitemap(Sitemap):
    """The gallery and each of its pages."""

    changefreq = "weekly"
    limit = 10_000

    @property
    def protocol(self) -> str:  # type: ignore[override]
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site: Any = None) -> str:
        return urlsplit(settings.SITE_URL).netloc

    def items(self) -> list[tuple[str, datetime | None]]:
        public = ExemplaryModel.objects.public().order_by("-published_at", "-id")
        pages = [
            (reverse("gallery-model", args=[code]), published)
            for code, published in public.values_list("code", "published_at")
        ]
        return [(reverse("gallery"), pages[0][1] if pages else None), *pages]

    def location(self, item: tuple[str, datetime | None]) -> str:
        return item[0]

    def lastmod(self, item: tuple[str, datetime | None]) -> datetime | None:
        return item[1]


@login_not_required
def gallery_sitemap(request: HttpRequest) -> HttpResponse:
    response = sitemap(
        request, sitemaps={"gallery": GallerySitemap}, template_name="pledges/models/gallery/sitemap.xml"
    )
    patch_cache_control(response, private=True, no_cache=True)
    return response


model_feed = login_not_required(ModelFeed())
