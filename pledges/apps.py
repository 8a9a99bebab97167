from django.apps import AppConfig


class PledgesConfig(AppConfig):
    name = "pledges"
    verbose_name = "Giao ước, báo cáo, chấm điểm"

    def ready(self) -> None:
        # Models are loaded only now.
        from campaigns import observers
        from pledges import panels  # noqa: F401  registers itself
        from pledges.observers import PrepareRecords

        observers.register(PrepareRecords())
