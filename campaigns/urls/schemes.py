from django.urls import path, register_converter
from django.urls.converters import StringConverter

from campaigns.views import scheme_editing as editing
from campaigns.views import scheme_trial, schemes


class PlaceConverter(StringConverter):
    """Where a node stands in its table: 0-2-1."""

    regex = r"\d{1,4}(?:-\d{1,4}){0,19}"


class ItemConverter(StringConverter):
    """One of the lists below the criteria."""

    regex = "|".join(editing.ITEMS)


register_converter(PlaceConverter, "place")
register_converter(ItemConverter, "scheme_item")

urlpatterns = [
    path("bang-tieu-chi/", schemes.SchemeList.as_view(), name="scheme-list"),
    path("bang-tieu-chi/tao-moi/", schemes.SchemeCreate.as_view(), name="scheme-create"),
    path("bang-tieu-chi/nhap-tep/", schemes.SchemeUpload.as_view(), name="scheme-upload"),
    path("bang-tieu-chi/<int:pk>/", schemes.SchemeDetail.as_view(), name="scheme-detail"),
    path("bang-tieu-chi/<int:pk>/tep/", schemes.SchemeExport.as_view(), name="scheme-export"),
    path("bang-tieu-chi/<int:pk>/phien-ban-moi/", schemes.SchemeNewVersion.as_view(), name="scheme-new-version"),
    path("bang-tieu-chi/<int:pk>/cong-bo/", schemes.SchemePublish.as_view(), name="scheme-publish"),
    path("bang-tieu-chi/<int:pk>/ngung-ap-dung/", schemes.SchemeRetire.as_view(), name="scheme-retire"),
    path("bang-tieu-chi/<int:pk>/xoa/", schemes.SchemeDiscard.as_view(), name="scheme-discard"),
    path("bang-tieu-chi/<int:pk>/hoan-tac/", editing.SchemeUndo.as_view(), name="scheme-undo"),
    path("bang-tieu-chi/<int:pk>/sua/", editing.SchemeEdit.as_view(), name="scheme-edit"),
    path("bang-tieu-chi/<int:pk>/sua/chung/", editing.SchemeEditGeneral.as_view(), name="scheme-edit-general"),
    path("bang-tieu-chi/<int:pk>/sua/muc/them/", editing.SchemeNodeCreate.as_view(), name="scheme-section-create"),
    path(
        "bang-tieu-chi/<int:pk>/sua/muc/<place:place>/them/",
        editing.SchemeNodeCreate.as_view(),
        name="scheme-node-create",
    ),
    path("bang-tieu-chi/<int:pk>/sua/muc/<place:place>/", editing.SchemeNodeEdit.as_view(), name="scheme-node-edit"),
    path(
        "bang-tieu-chi/<int:pk>/sua/muc/<place:place>/doi-cho/",
        editing.SchemeNodeMove.as_view(),
        name="scheme-node-move",
    ),
    path(
        "bang-tieu-chi/<int:pk>/sua/muc/<place:place>/xoa/",
        editing.SchemeNodeDelete.as_view(),
        name="scheme-node-delete",
    ),
    path(
        "bang-tieu-chi/<int:pk>/sua/muc/<place:place>/quy-tac/",
        editing.SchemeRuleForm.as_view(),
        name="scheme-rule-create",
    ),
    path(
        "bang-tieu-chi/<int:pk>/sua/muc/<place:place>/quy-tac/<int:index>/",
        editing.SchemeRuleForm.as_view(),
        name="scheme-rule-edit",
    ),
    path(
        "bang-tieu-chi/<int:pk>/sua/muc/<place:place>/quy-tac/<int:index>/doi-cho/",
        editing.SchemeRuleMove.as_view(),
        name="scheme-rule-move",
    ),
    path(
        "bang-tieu-chi/<int:pk>/sua/muc/<place:place>/quy-tac/<int:index>/xoa/",
        editing.SchemeRuleDelete.as_view(),
        name="scheme-rule-delete",
    ),
    path(
        "bang-tieu-chi/<int:pk>/sua/<scheme_item:name>/them/",
        editing.SchemeItemForm.as_view(),
        name="scheme-item-create",
    ),
    path(
        "bang-tieu-chi/<int:pk>/sua/<scheme_item:name>/<int:index>/",
        editing.SchemeItemForm.as_view(),
        name="scheme-item-edit",
    ),
    path(
        "bang-tieu-chi/<int:pk>/sua/<scheme_item:name>/<int:index>/doi-cho/",
        editing.SchemeItemMove.as_view(),
        name="scheme-item-move",
    ),
    path(
        "bang-tieu-chi/<int:pk>/sua/<scheme_item:name>/<int:index>/xoa/",
        editing.SchemeItemDelete.as_view(),
        name="scheme-item-delete",
    ),
    path("bang-tieu-chi/<int:pk>/tinh-thu/<place:place>/", scheme_trial.SchemeTrial.as_view(), name="scheme-trial"),
]
