"""What the public sees of models. Pages, feed, sitemap, previews and search are made of :class:`PublicModel` and of
nothing else; every one of them starts from ``ExemplaryModel.objects.public()``."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.text import Truncator

from dvk_portal.core.text import search_key
from pledges.models import (
    ExemplaryModel,
    Field,
    ModelIndicator,
    ModelPicture,
    PublicationConsent,
    Recognition,
    SubjectKind,
    Tag,
)
from pledges.redaction import without_name
from units import access
from units.models import Unit

PAGE_SIZE = 24
MAX_WORDS = 8
THUMBNAIL_WIDTH = 480


@dataclass(frozen=True)
class PublicPicture:
    """``caption`` is "" where it may not be shown; width and height are those of the large picture, in pixels. ``pk`` is for
    the preview inside the portal."""

    pk: int
    code: str
    caption: str
    width: int
    height: int

    @property
    def thumbnail_height(self) -> int:
        return round(THUMBNAIL_WIDTH * self.height / self.width) if self.width else THUMBNAIL_WIDTH


@dataclass(frozen=True)
class PublicRecognition:
    level: str
    year: int
    decision: str
    decided_on: date | None


@dataclass(frozen=True)
class PublicIndicator:
    name: str
    measure: str
    baseline: Decimal | None
    achieved: Decimal | None


@dataclass(frozen=True)
class PublicModel:
    """One model as a stranger may know it: what the standing consent does not cover is not in here."""

    code: str
    url: str
    name: str
    kind: str
    subject: str
    field_code: str
    field: str
    unit: str
    place: str
    story: str
    results: str
    contact: str
    tags: tuple[str, ...]
    pictures: tuple[PublicPicture, ...]
    recognitions: tuple[PublicRecognition, ...]
    indicators: tuple[PublicIndicator, ...]
    published_at: datetime | None

    @property
    def summary(self) -> str:
        """One or two sentences for cards, previews and the feed."""
        return Truncator(" ".join(self.story.split())).chars(180, truncate="…")

    @property
    def is_long(self) -> bool:
        """Whether the sheet of paper has room for the first picture only."""
        return len(self.story) + len(self.results) > 1600

    @property
    def picture(self) -> PublicPicture | None:
        return self.pictures[0] if self.pictures else None

    @property
    def recognition(self) -> PublicRecognition | None:
        """The newest one."""
        return self.recognitions[0] if self.recognitions else None

    def searched(self) -> str:
        """What the public may find it by: only words that it sees. The unit's name is asked for itself, so that a unit that
        was renamed is found by the name it has now."""
        return search_key(
            " ".join((self.name, self.subject, self.field, self.place, *self.tags, self.story, self.results))
        )


# --- from the register to the public --------------------------------------------------------------------------------
def with_public_parts(models: QuerySet[ExemplaryModel]) -> QuerySet[ExemplaryModel]:
    """With everything :func:`make_public` reads, in a fixed number of queries."""
    standing = PublicationConsent.objects.filter(withdrawn_on=None)
    pictures = ModelPicture.objects.filter(consented=True)
    granted = Recognition.objects.granted().filter(ended_on=None).select_related("level", "batch")
    return models.select_related("unit", "field").prefetch_related(
        Prefetch("consents", standing, to_attr="standing_consents"),
        Prefetch("pictures", pictures, to_attr="consented_pictures"),
        Prefetch("recognitions", granted.order_by("-year", "-level__order", "-id"), to_attr="granted_recognitions"),
        Prefetch("tags", Tag.objects.order_by("order", "name"), to_attr="public_tags"),
        Prefetch("indicators", ModelIndicator.objects.order_by("order", "id"), to_attr="public_indicators"),
    )


def make_public(model: ExemplaryModel) -> PublicModel:
    """``model`` (of :func:`with_public_parts`) as the public may see it under its standing consent; without one nothing
    personal is left."""
    consent = next(iter(model.standing_consents), None)
    named = consent is not None and consent.covers_subject

    def plain(text: str) -> str:
        return text if named else without_name(text, model.subject, anonymous_word(model))

    pictures: Iterable[ModelPicture] = model.consented_pictures if consent and consent.covers_pictures else ()
    return PublicModel(
        code=model.code,
        url=model.get_public_url(),
        name=plain(model.name),
        kind=model.get_kind_display(),
        subject=model.subject if named else "",
        field_code=model.field.code,
        field=model.field.name,
        unit=model.unit.name,
        place=plain(model.place),
        story=plain(model.story),
        results=plain(model.public_results),
        contact=plain(model.public_contact) if consent and consent.covers_contact else "",
        tags=tuple(tag.name for tag in model.public_tags),
        pictures=tuple(PublicPicture(row.pk, row.code, plain(row.caption), row.width, row.height) for row in pictures),
        recognitions=tuple(
            PublicRecognition(row.level.name, row.year, row.batch.decision_no if row.batch else "", row.decided_on)
            for row in model.granted_recognitions
        ),
        indicators=tuple(
            PublicIndicator(plain(row.name), row.measure, row.baseline, row.achieved)
            for row in model.public_indicators
            if row.achieved is not None
        ),
        published_at=model.published_at,
    )


def anonymous_word(model: ExemplaryModel) -> str:
    """What stands where a name was, in the middle of a sentence."""
    return "một cá nhân" if model.subject_kind == SubjectKind.INDIVIDUAL else "một tập thể"


# --- asking ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Wish:
    """What a visitor asks for; everything empty is everything public."""

    words: str = ""
    field: str = ""
    unit: int | None = None
    year: int | None = None
    tag: int | None = None

    @property
    def is_empty(self) -> bool:
        return self == Wish()

    @property
    def is_filtered(self) -> bool:
        """Whether something beside words is asked for."""
        return self != Wish(words=self.words)


def find_models(wish: Wish) -> QuerySet[ExemplaryModel]:
    """Public models that fit, newest first. Each word is looked for in what the public sees, with or without diacritics."""
    found = ExemplaryModel.objects.public()
    for word in search_key(wish.words).split()[:MAX_WORDS]:
        found = found.filter(Q(public_search_key__contains=word) | Q(unit__search_key__contains=word))
    if wish.field:
        found = found.filter(field__code=wish.field)
    if wish.unit is not None:
        found = found.filter(unit=wish.unit)
    if wish.tag is not None:
        found = found.filter(tags=wish.tag)
    if wish.year is not None:
        granted = Recognition.objects.granted().filter(model=OuterRef("pk"), ended_on=None, year=wish.year)
        found = found.filter(Exists(granted))
    return found.order_by("-published_at", "-id")


@dataclass(frozen=True)
class Choices:
    """What the filters offer: only what some public model has, so that the lists tell of no other."""

    fields: list[Field]
    units: list[Unit]
    tags: list[Tag]
    years: list[int]


def choices() -> Choices:
    public = ExemplaryModel.objects.public().order_by()
    granted = Recognition.objects.granted().filter(ended_on=None, model__in=public.values("pk"))
    return Choices(
        fields=list(Field.objects.filter(pk__in=public.values("field"))),
        units=list(Unit.objects.filter(pk__in=public.values("unit")).only("id", "name", "sort_key")),
        tags=list(Tag.objects.filter(models__in=public.values("pk")).distinct()),
        years=list(granted.order_by("-year").values_list("year", flat=True).distinct()),
    )


@dataclass(frozen=True)
class Kin:
    """Another public model from which this one learned, or which learned from it."""

    name: str
    unit: str
    url: str


def origin_and_children(code: str) -> tuple[Kin | None, list[Kin]]:
    """The public origin and the public models that learned from the model ``code``. Of others there is no trace."""
    public = ExemplaryModel.objects.public().order_by("published_at", "id")
    origin = with_public_parts(public.filter(replications__model__code=code)).first()
    children = with_public_parts(public.filter(replication__origin__code=code))
    return (_kin(origin) if origin else None), [_kin(child) for child in children]


def _kin(model: ExemplaryModel) -> Kin:
    shown = make_public(model)
    return Kin(shown.name, shown.unit, shown.url)


def find_picture(code: str) -> ModelPicture | None:
    """A picture that may be shown: agreed to by who is in it, of a public model whose consent covers pictures."""
    consents = PublicationConsent.objects.filter(model=OuterRef("model"), withdrawn_on=None, covers_pictures=True)
    public = ExemplaryModel.objects.public().values("pk")
    pictures = ModelPicture.objects.select_related("web", "thumbnail").filter(Exists(consents), model__in=public)
    return pictures.filter(code=code, consented=True).first()


def may_learn(user: Any, model: ExemplaryModel) -> bool:
    """Whether ``user`` may write models of another unit than the one of ``model``."""
    return bool((access.reach_ids(user, "model.edit") or set()) - {model.unit_id})
