from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MiceConfig(AppConfig):
    name = "portal.mice"
    verbose_name = _("행사·투어")

    def ready(self) -> None:
        from portal.core import panels as shared
        from portal.core import rehearsals
        from portal.intake import registry as intake
        from portal.mice import event_queries, mail, panels, programme, queries, registry, support_registry  # noqa: F401
        from portal.mice.findable import EVENTS, TOURS
        from portal.mice.rehearsal import story
        from portal.plan import registry as plan
        from portal.search import registry as search

        search.register(EVENTS)
        search.register(TOURS)
        rehearsals.register(story.REHEARSAL)
        intake.register(programme.EVENT)
        for panel in panels.PANELS:
            shared.register(panel)
        plan.register_fact("mice.sanctioned", queries.is_sanctioned)
        plan.register_fact("mice.hosted_by", event_queries.hosted_by)
