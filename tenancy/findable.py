"""What the search finds of the spaces: the hubs, and companies as far as each lets itself be listed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from portal.search.registry import TIMELESS, Entry, Source
from tenancy import queries


def _hubs(now: datetime, keys: Collection[str] | None) -> Iterator[Entry]:
    found = queries.hubs()
    for hub in found if keys is None else found.filter(code__in=keys):
        names, addresses = (hub.name_ko, hub.name_en), (hub.address_ko, hub.address_en)
        yield Entry(hub.code, *names, reverse("tenancy:hubs"), TIMELESS, *addresses, str(hub.cluster))


def _companies(now: datetime, keys: Collection[str] | None) -> Iterator[Entry]:
    on = queries.day_of(now)
    with override("ko"):
        korean = queries.directory(on)
    with override("en"):
        english = {entry.organisation.pk: entry for entry in queries.directory(on)}
    for entry in korean:
        company, key = entry.organisation, str(entry.organisation.public_id)
        if keys is None or key in keys:
            texts = (entry.intro, other.intro if (other := english.get(company.pk)) else "")
            note = _("졸업기업") if entry.alumni else ", ".join(entry.hubs)
            href = f"{reverse('tenancy:directory')}?{urlencode({'words': company.name_ko})}"
            yield Entry(key, company.name_ko, company.name_en, href, TIMELESS, *texts, note)


HUBS = Source("hubs", gettext_lazy("거점"), _hubs, order=50)
COMPANIES = Source("companies", gettext_lazy("기업"), _companies, order=60)
