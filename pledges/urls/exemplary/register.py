from django.urls import path

from pledges.views.exemplary import register as views
from pledges.views.exemplary import register_edit, register_pictures

urlpatterns = [
    path("so-mo-hinh/", views.ModelList.as_view(), name="model-list"),
    path("so-mo-hinh/tai-ve/", views.ModelExport.as_view(), name="model-export"),
    path("so-mo-hinh/lap/", register_edit.ModelCreate.as_view(), name="model-create"),
    path("so-mo-hinh/nhan-ve/<int:pk>/", register_pictures.TakeOver.as_view(), name="model-take-over"),
    path("so-mo-hinh/anh/<int:pk>/", register_pictures.PictureFile.as_view(), name="model-picture"),
    path(
        "so-mo-hinh/anh/<int:pk>/nho/",
        register_pictures.PictureFile.as_view(part="thumbnail"),
        name="model-picture-thumbnail",
    ),
    path("so-mo-hinh/anh/<int:pk>/go/", register_pictures.PictureRemove.as_view(), name="model-picture-remove"),
    path("so-mo-hinh/<int:pk>/", views.ModelDetail.as_view(), name="model-detail"),
    path("so-mo-hinh/<int:pk>/sua/", register_edit.ModelEdit.as_view(), name="model-edit"),
    path("so-mo-hinh/<int:pk>/phieu/", views.ModelSheet.as_view(), name="model-sheet"),
    path("so-mo-hinh/<int:pk>/anh/", register_pictures.ModelPictures.as_view(), name="model-pictures"),
    path("so-mo-hinh/<int:pk>/dang-ky/", views.ModelRegister.as_view(), name="model-register"),
    path("so-mo-hinh/<int:pk>/gui-lai/", views.ModelSupplement.as_view(), name="model-supplement"),
    path("so-mo-hinh/<int:pk>/dang-ky-lai/", views.ModelRegisterAgain.as_view(), name="model-register-again"),
    path("so-mo-hinh/<int:pk>/bo-sung/", views.ModelAskMore.as_view(), name="model-ask-more"),
    path("so-mo-hinh/<int:pk>/rut/", views.ModelWithdraw.as_view(), name="model-withdraw"),
]
