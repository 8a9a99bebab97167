from django.urls import URLPattern, path

from pledges.views import documents

# The desk (pledges/views/documents.py) and where its records are.
_PLACES = {
    "report": "bao-cao/<int:pk>/",
    "period": "tong-hop/ky/<int:pk>/",
    "scoresheet": "phieu-diem/<int:pk>/",
    "ranking": "xep-hang/<int:pk>/",
    "batch": "cong-nhan-mo-hinh/<int:pk>/",
}


def _of(desk: str, place: str) -> list[URLPattern]:
    page, preview, issue = documents.RecordDocuments, documents.DocumentPreview, documents.DocumentIssue
    return [
        path(f"{place}van-ban/", page.as_view(desk_name=desk), name=f"{desk}-documents"),
        path(
            f"{place}van-ban/xem-truoc/<slug:kind>/", preview.as_view(desk_name=desk), name=f"{desk}-document-preview"
        ),
        path(f"{place}van-ban/lap/<slug:kind>/", issue.as_view(desk_name=desk), name=f"{desk}-document-issue"),
    ]


urlpatterns = [row for desk, place in _PLACES.items() for row in _of(desk, place)]
