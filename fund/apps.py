from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FundConfig(AppConfig):
    name = "fund"
    verbose_name = _("투자")

    def ready(self) -> None:
        from fund import metrics, panels, registry, topics  # noqa: F401  (the registry registers on import)
        from fund.findable import FIGURES
        from fund.queries.holdings import is_portfolio_company
        from fund.rehearsal import story
        from portal.core import panels as shared
        from portal.core import rehearsals
        from portal.notices import registry as notices
        from portal.plan import registry as plan
        from portal.search import registry as search

        search.register(FIGURES)
        rehearsals.register(story.REHEARSAL)
        for topic in topics.TOPICS:
            notices.register(topic)
        plan.register_fact("fund.is_portfolio_company", is_portfolio_company)
        for metric in metrics.METRICS:
            plan.register_metric(metric)
        for panel in panels.PANELS:
            shared.register(panel)
