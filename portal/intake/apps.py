from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntakeConfig(AppConfig):
    name = "portal.intake"
    label = "intake"
    verbose_name = _("모집과 심사")

    def ready(self) -> None:
        from portal.intake import holdings, panels, topics  # noqa: F401  (holdings registers on import)
        from portal.intake.findable import CALLS
        from portal.search import registry as search

        search.register(CALLS)
        topics.register_all()
        panels.register_all()
