"""Steps shared by the tests of the public gallery: pictures, keys, every public address."""

from django.test import Client
from django.urls import reverse

from dvk_portal.core.files import store_bytes
from pledges.models import ModelPicture
from pledges.services.exemplary.publishing import refresh_public_key

JPEG = b"\xff\xd8\xff\xe0" + b"0" * 40 + b"\xff\xd9"


def add_picture(model, code, *, caption="", consented=True, order=0):
    """A picture with files of its own, so that its bytes tell which one came."""
    kept = [
        store_bytes(JPEG + f"{code}-{part}".encode(), f"{part}.jpg", kind="image/jpeg", actor=None)
        for part in ("goc", "web", "nho")
    ]
    return ModelPicture.objects.create(
        model=model, code=code, original=kept[0], web=kept[1], thumbnail=kept[2], width=1200, height=800,
        caption=caption, consented=consented, order=order,
    )  # fmt: skip


def make_findable(*models):
    for model in models:
        refresh_public_key(model)
        model.save(update_fields=["public_search_key"])


def everything_public(*codes, words=()):
    """All that a stranger can ask for: (address, answer) of lists, searches, feed, sitemap, pages and pictures."""
    client = Client()
    paths = [reverse("gallery"), reverse("gallery-feed"), reverse("sitemap"), reverse("robots")]
    paths += [f"{reverse('gallery')}?q={word}" for word in words]
    paths += [reverse(name, args=[code]) for code in codes for name in PAGES]
    return [(path, client.get(path)) for path in paths]


PAGES = ("gallery-model", "gallery-picture", "gallery-thumbnail")


def text_of(answers):
    """Everything that was sent, headers included, but not the words of the question itself."""
    return "\n".join(
        answer.content.decode("utf-8", "replace") + str(answer.headers)
        for _, answer in answers
        if answer.status_code != 404
    )
