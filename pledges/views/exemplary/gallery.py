"""The public gallery: opened without signing in, made of what services/exemplary/gallery.py lets the public know."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.decorators import method_decorator
from django.views.generic import View

from dvk_portal.core.files import read
from pledges.models import ExemplaryModel
from pledges.services.exemplary import gallery
from pledges.services.exemplary.gallery import PAGE_SIZE, Wish

# A browser asks again after so many seconds (and mostly hears 304): a picture whose consent was withdrawn must not live on
# for the year that its unchanging address would allow. "private" keeps proxies, which nobody could empty, out of it.
PICTURE_SECONDS = 300
_MOST_WORDS = 100


def absolute(path: str) -> str:
    """The address as others share it."""
    return settings.SITE_URL.rstrip("/") + path


@method_decorator(login_not_required, name="dispatch")
class PublicView(View):
    """The answer is asked for anew each time, because a consent may be withdrawn any moment; and who is signed in sees a
    button more, so no cache may give one person's answer to another."""

    cache_control = "private, no-cache"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().dispatch(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", self.cache_control)
        patch_vary_headers(response, ["Cookie"])
        return response


class Gallery(PublicView):
    """Cards of all public models, with search and filters in the address."""

    def get(self, request: HttpRequest) -> HttpResponse:
        wish = read_wish(request)
        models = gallery.with_public_parts(gallery.find_models(wish))
        page = Paginator(models, PAGE_SIZE).get_page(request.GET.get("page"))
        cards = [gallery.make_public(model) for model in page.object_list]
        canonical = absolute(reverse("gallery")) + (f"?page={page.number}" if page.number > 1 else "")
        context = {
            "page_title": "Mô hình Dân vận khéo",
            "wish": wish,
            "choices": gallery.choices(),
            "cards": cards,
            "page": page,
            "page_links": _page_links(request, page),
            "total": page.paginator.count,
            "canonical": canonical,
            "description": "Những mô hình, điển hình “Dân vận khéo” được công nhận: câu chuyện, cách làm, kết quả.",
        }
        return render(request, "pledges/models/gallery/list.html", context)


def read_wish(request: HttpRequest) -> Wish:
    """What the address asks for; what cannot be understood asks for nothing."""
    asked = request.GET
    return Wish(
        words=asked.get("q", "").replace("\0", "")[:_MOST_WORDS].strip(),
        field=asked.get("linh-vuc", "").replace("\0", "")[:40],
        unit=_number(asked.get("don-vi", "")),
        year=_number(asked.get("nam", "")),
        tag=_number(asked.get("nhan", "")),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _page_links(request: HttpRequest, page: Any) -> list[tuple[str, str, bool]]:
    """(word, address, current) of the pages; "" where pages are left out."""
    asked = [(name, value) for name, value in request.GET.items() if name != "page" and value]
    return [
        (str(number), "?" + urlencode([*asked, ("page", number)]), number == page.number)
        if isinstance(number, int)
        else ("…", "", False)
        for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    ]


class GalleryModel(PublicView):
    """One public model. Of a private one, a withdrawn one and one that never was the answer is the same."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        found = gallery.with_public_parts(ExemplaryModel.objects.public()).filter(code=code).first()
        if found is None:
            raise Http404
        return render(request, "pledges/models/gallery/detail.html", page_of(request, found))


def page_of(request: HttpRequest, model: ExemplaryModel) -> dict[str, Any]:
    """Context of the public page; of ``model`` itself nothing gets into the template."""
    shown = gallery.make_public(model)
    origin, children = gallery.origin_and_children(shown.code)
    picture = shown.picture
    return {
        "page_title": shown.name,
        "shown": shown,
        "origin": origin,
        "children": children,
        "canonical": absolute(shown.url),
        "description": shown.summary,
        "preview": absolute(reverse("gallery-picture", args=[picture.code])) if picture else "",
        "preview_picture": picture,
        "learn_url": reverse("model-replicate", args=[model.pk]) if gallery.may_learn(request.user, model) else "",
    }


class GalleryPicture(PublicView):
    """A picture by its unguessable code; asked anew every time whether it may still be shown."""

    cache_control = "no-store"
    thumbnail = False

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        picture = gallery.find_picture(code)
        if picture is None:
            raise Http404
        stored = picture.thumbnail if self.thumbnail else picture.web
        tag = f'"{stored.sha256[:32]}"'
        known = request.headers.get("If-None-Match", "")
        if tag in known:
            response: HttpResponse = HttpResponseNotModified()
        else:
            response = HttpResponse(read(stored), content_type=stored.kind)
        response["ETag"] = tag
        response["Cache-Control"] = f"private, max-age={PICTURE_SECONDS}"
        response["X-Content-Type-Options"] = "nosniff"
        return response


class Robots(PublicView):
    """Search engines may read the gallery and nothing else."""

    def get(self, request: HttpRequest) -> HttpResponse:
        gallery_path = reverse("gallery")
        lines = [
            "User-agent: *",
            f"Allow: {gallery_path}",
            f"Allow: {settings.STATIC_URL}",
            f"Allow: {reverse('sitemap')}",
            "Disallow: /",
            f"Sitemap: {absolute(reverse('sitemap'))}",
        ]
        return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
