from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MiceConfig(AppConfig):
    name = "portal.mice"
    verbose_name = _("행사·투어")

    def ready(self) -> None:
        from portal.intake import registry as intake
        from portal.mice import mail, programme, registry, support_registry  # noqa: F401

        intake.register(programme.EVENT)
