"""What the search finds of the plans: every promise of each plan's newest version."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy

from portal.plan import queries
from portal.search.registry import Entry, Source


def _promises(now: datetime, keys: Collection[str] | None) -> Iterator[Entry]:
    for version in queries.newest_versions():
        cluster = version.plan.cluster
        href = f"{reverse('plan:plan', args=[cluster.code])}#promises"
        for target in version.targets.all():
            key = f"{version.plan.code}/{target.code}"
            if keys is None or key in keys:
                titles = (target.name_ko, target.name_en)
                yield Entry(key, *titles, href, version.announced_date, version.name_ko, version.name_en, str(cluster))


PROMISES = Source("plan", gettext_lazy("추진 현황"), _promises, order=80)
