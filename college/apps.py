from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CollegeConfig(AppConfig):
    name = "college"
    verbose_name = _("교육")

    def ready(self) -> None:
        from college import registry, topics  # noqa: F401  (the registry registers on import)
        from portal.notices import registry as notices

        for topic in topics.TOPICS:
            notices.register(topic)
