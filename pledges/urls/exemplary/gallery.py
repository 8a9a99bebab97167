from django.urls import path

from pledges.views.exemplary import gallery as views
from pledges.views.exemplary import publishing, syndication

urlpatterns = [
    path("mo-hinh/", views.Gallery.as_view(), name="gallery"),
    path("mo-hinh/rss.xml", syndication.model_feed, name="gallery-feed"),
    path("mo-hinh/anh/<slug:code>.jpg", views.GalleryPicture.as_view(), name="gallery-picture"),
    path("mo-hinh/anh/nho/<slug:code>.jpg", views.GalleryPicture.as_view(thumbnail=True), name="gallery-thumbnail"),
    path("mo-hinh/<slug:code>/", views.GalleryModel.as_view(), name="gallery-model"),
    path("so-mo-hinh/<int:pk>/cau-chuyen/", publishing.ModelStory.as_view(), name="model-story"),
    path("so-mo-hinh/<int:pk>/dong-y/", publishing.ModelConsent.as_view(), name="model-consent"),
    path("so-mo-hinh/<int:pk>/cong-khai/", publishing.ModelPublish.as_view(), name="model-publish"),
    path("so-mo-hinh/<int:pk>/thoi-cong-khai/", publishing.ModelUnpublish.as_view(), name="model-unpublish"),
    path("so-mo-hinh/<int:pk>/xem-truoc/", publishing.ModelPreview.as_view(), name="model-preview"),
    path("so-mo-hinh/dong-y/<int:pk>/rut/", publishing.ConsentWithdraw.as_view(), name="consent-withdraw"),
    path("so-mo-hinh/dong-y/<int:pk>/tep/", publishing.ConsentFile.as_view(), name="consent-file"),
    path("sitemap.xml", syndication.gallery_sitemap, name="sitemap"),
    path("robots.txt", views.Robots.as_view(), name="robots"),
]
