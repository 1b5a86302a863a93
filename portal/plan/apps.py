from django.apps import AppConfig


class PlanConfig(AppConfig):
    name = "portal.plan"
    label = "plan"

    def ready(self) -> None:
        from ledger import log
        from portal.plan import registry

        log.register(registry.VERSION_PUBLISHED)
        log.register(registry.PROGRESS_STATED)
