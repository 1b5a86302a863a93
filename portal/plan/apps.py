from django.apps import AppConfig


class PlanConfig(AppConfig):
    name = "portal.plan"
    label = "plan"

    def ready(self) -> None:
        from ledger import log
        from portal.plan import registry
        from portal.plan.findable import PROMISES
        from portal.search import registry as search

        search.register(PROMISES)
        log.register(registry.VERSION_PUBLISHED)
        log.register(registry.PROGRESS_STATED)
