from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "portal.accounts"
    label = "accounts"
    verbose_name = _("계정과 기업")

    def ready(self) -> None:
        from portal.accounts import events, holdings, mail, panels, second_factor  # noqa: F401  (each registers on import)
