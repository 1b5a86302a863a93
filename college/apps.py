from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CollegeConfig(AppConfig):
    name = "college"
    verbose_name = _("교육")

    def ready(self) -> None:
        from college import (  # noqa: F401
            credentials,
            issuers,
            issuing,
            metrics,
            panels,
            programme,
            registry,
            services,
            topics,
        )
        from college.findable import RUNS
        from college.rehearsal import story
        from portal.core import panels as sections
        from portal.core import rehearsals
        from portal.intake import registry as intake
        from portal.notices import registry as notices
        from portal.plan import registry as plan
        from portal.search import registry as search

        search.register(RUNS)
        rehearsals.register(story.REHEARSAL)
        intake.register(programme.COURSE)
        issuers.register_own(issuing.own)
        credentials.register_issuing(services.certificates.issue)
        for topic in topics.TOPICS:
            notices.register(topic)
        for panel in panels.PANELS:
            sections.register(panel)
        for metric in metrics.METRICS:
            plan.register_metric(metric)
        for name, function in metrics.FACTS.items():
            plan.register_fact(name, function)
