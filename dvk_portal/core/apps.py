from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "dvk_portal.core"
    label = "core"
    verbose_name = "Lõi hệ thống"
