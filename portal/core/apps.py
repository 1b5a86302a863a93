from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "portal.core"
    label = "core"

    def ready(self) -> None:
        from ledger import log
        from portal.core import workflows

        log.describe_cases(workflows.cases)
