from django.apps import AppConfig

from dvk_portal.core.auditnames import register


class AwardsConfig(AppConfig):
    name = "awards"
    verbose_name = "Khen thưởng"

    def ready(self) -> None:
        # Models are loaded only now.
        from awards import cases, documents, panels, trail  # noqa: F401  register themselves

        register(actions=trail.ACTIONS, fields=trail.FIELDS)
