from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    name = "ledger"
    verbose_name = _("감사원장")

    def ready(self) -> None:
        from ledger import checks, events  # noqa: F401  (both register on import)
