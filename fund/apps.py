from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FundConfig(AppConfig):
    name = "fund"
    verbose_name = _("투자")

    def ready(self) -> None:
        from fund import registry, topics  # noqa: F401  (the registry registers on import)
        from portal.notices import registry as notices

        for topic in topics.TOPICS:
            notices.register(topic)
