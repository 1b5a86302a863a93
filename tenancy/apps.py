from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TenancyConfig(AppConfig):
    name = "tenancy"
    verbose_name = _("입주")

    def ready(self) -> None:
        from portal.core import panels as shared
        from portal.core import rehearsals
        from portal.intake import registry as intake
        from portal.notices import registry as notices
        from portal.plan import registry as plan
        from portal.search import registry as search
        from tenancy import daily, house_rooms, metrics, panels, programme, registry, renewal_programme, topics  # noqa: F401  (the registry registers on import)
        from tenancy.findable import COMPANIES, HUBS
        from tenancy.rehearsal import plan_seoul, round_2019

        intake.register(programme.SPACE)
        intake.register(renewal_programme.SPACE_RENEWAL)
        search.register(HUBS)
        search.register(COMPANIES)
        rehearsals.register(round_2019.REHEARSAL)
        rehearsals.register(plan_seoul.REHEARSAL)
        for topic in topics.TOPICS:
            notices.register(topic)
        for panel in panels.PANELS:
            shared.register(panel)
        for metric in metrics.METRICS:
            plan.register_metric(metric)
        for name, function in {**metrics.FACTS, **house_rooms.FACTS}.items():
            plan.register_fact(name, function)
