from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "portal.notices"
    label = "notices"
    verbose_name = _("알림")

    def ready(self) -> None:
        from portal.notices import alarms, holdings, mail, panels  # noqa: F401  (each registers on import)
