from django.urls import path

from pledges.views.exemplary import gallery as views
from pledges.views.exemplary import syndication

urlpatterns = [
    path("mo-hinh/", views.Gallery.as_view(), name="gallery"),
    path("mo-hinh/rss.xml", syndication.model_feed, name="gallery-feed"),
    path("mo-hinh/anh/<slug:code>.jpg", views.GalleryPicture.as_view(), name="gallery-picture"),
    path("mo-hinh/anh/nho/<slug:code>.jpg", views.GalleryPicture.as_view(thumbnail=True), name="gallery-thumbnail"),
    path("mo-hinh/<slug:code>/", views.GalleryModel.as_view(), name="gallery-model"),
    path("sitemap.xml", syndication.gallery_sitemap, name="sitemap"),
    path("robots.txt", views.Robots.as_view(), name="robots"),
]
