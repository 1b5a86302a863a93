"""What the front door shows, gathered from the rooms: what is open now, what is mine, promises kept, hubs, the ledger."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from ledger import log
from portal.core import panels
from portal.core.clock import database_now
from portal.core.ui import parts
from portal.intake import queries as intake
from portal.intake.enums import CallStatus
from portal.intake.models import Call
from portal.pages import soon
from portal.plan import queries as plan
from portal.plan import registry
from portal.plan.enums import Unit
from portal.plan.models import PlannedHub, PlanVersion
from portal.plan.wording import day, quantity, spoken

#: How many own applications, finished calls and promises the first page has room for.
MINE, RECENT, PROMISES = 3, 3, 3
#: What a call that takes no entries any more is doing, in a visitor's words.
AFTERWARDS: dict[str, tuple[str | Promise, parts.Tone]] = {
    CallStatus.PUBLISHED: (gettext_lazy("접수 마감"), "warning"),
    CallStatus.REVIEWING: (gettext_lazy("심사 중"), "info"),
    CallStatus.DECIDED: (gettext_lazy("심사 중"), "info"),
    CallStatus.ANNOUNCED: (gettext_lazy("결과 발표"), "success"),
    CallStatus.FINAL: (gettext_lazy("결과 확정"), "success"),
    CallStatus.ARCHIVED: (gettext_lazy("끝남"), ""),
}


@dataclass(frozen=True, slots=True)
class Opening:
    """A call that takes entries now or will: what, for whom, how many places, until when."""

    title: str
    href: str
    cluster: str
    summary: str
    places: str
    opens_at: datetime
    closes_at: datetime
    upcoming: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """A target with what is counted, in words; the numbers for the bar are 0 where nothing can be compared."""

    label: str
    reached: str
    target: str
    value: int = 0
    maximum: int = 0
    #: Where the figure is defined, and where it was counted from; empty where nothing is counted.
    defined: str = ""
    counted: str = ""


@dataclass(frozen=True, slots=True)
class PlanCard:
    """A city's plan in short."""

    name: str
    cluster: str
    href: str
    announced: str
    budget: str
    promises: Sequence[Kept]
    words: Sequence[str]


def context(request: HttpRequest) -> dict[str, Any]:
    """Everything the home page's template asks for, as of one instant."""
    now = database_now()
    calls = list(intake.public_calls())
    plans, hubs = promised(timezone.localtime(now).date())
    return {
        "now": now,
        "openings": openings(calls, now),
        "recent": recent(calls, now),
        "courses": soon.courses(now),
        "dates": soon.dates(now),
        "waiting": soon.waiting(request.user, now),
        "mine": mine(request),
        "plans": plans,
        "hubs": hubs,
        "ledger": log.status(),
        "panels": panels.shown("home", request, roles=frozenset(), now=now),
    }


def promised(on: date) -> tuple[list[PlanCard], list[parts.Card]]:
    """The plans in short and their hubs, in the reader's language, at most a minute old."""
    key = f"front.promised:{get_language()}:{on}"
    found: tuple[list[PlanCard], list[parts.Card]] | None = cache.get(key)
    if found is None:
        found = _promised(on)
        cache.set(key, found, plan.SECONDS)
    return found


def _promised(on: date) -> tuple[list[PlanCard], list[parts.Card]]:
    versions = plan.newest_versions()
    standing = registry.fact("tenancy.hub_codes") or frozenset()
    hubs = [hub_card(hub, standing) for version in versions for hub in version.hubs.filter(later=False)]
    return [plan_card(version, on=on) for version in versions], hubs


def openings(calls: Sequence[Call], now: datetime) -> list[Opening]:
    """Calls open now, the one that closes first on top; then those to come, by their opening."""
    live = [call for call in calls if call.status == CallStatus.PUBLISHED and now < call.closes_at]
    here = sorted((call for call in live if call.opens_at <= now), key=lambda call: call.closes_at)
    coming = sorted((call for call in live if call.opens_at > now), key=lambda call: call.opens_at)
    return [_opening(call, now) for call in [*here, *coming]]


def _opening(call: Call, now: datetime) -> Opening:
    quota = sum(track.quota for track in call.tracks.all())
    version = call.current
    return Opening(
        title=_title(call),
        href=_href("intake:call", call.code),
        cluster=str(call.cluster),
        summary=version.summary_text if version else "",
        places=ngettext("%(count)d곳", "%(count)d곳", quota) % {"count": quota},
        opens_at=call.opens_at,
        closes_at=call.closes_at,
        upcoming=call.opens_at > now,
    )


def recent(calls: Sequence[Call], now: datetime) -> list[parts.Card]:
    """The last calls that take no entries any more, with what became of them."""
    over = [call for call in calls if call.status in AFTERWARDS and call.closes_at <= now]
    found = []
    for call in sorted(over, key=lambda call: call.closes_at, reverse=True)[:RECENT]:
        status, tone = AFTERWARDS[call.status]
        closed = _("%(day)s 마감") % {"day": day(timezone.localtime(call.closes_at).date())}
        found.append(parts.Card(_title(call), _href("intake:call", call.code), "", status, tone, closed))
    return found


def mine(request: HttpRequest) -> list[parts.Task]:
    """The reader's own applications, the latest first; none for a visitor."""
    if not request.user.is_authenticated:
        return []
    return [
        parts.Task(
            _title(application.call),
            application.get_status_display(),
            "info",
            _href("intake:application", application.public_id),
            str(application.organisation),
        )
        for application in intake.applications_of(request.user)[:MINE]
    ]


def plan_card(version: PlanVersion, *, on: date) -> PlanCard:
    """A plan with the promises that come first, those that are counted before those that are not."""
    stated = plan.lines(version, on=on)
    lines = sorted((line for line in stated if line.target.target), key=lambda line: line.filled is None)
    whole = next((line.amount_won for line in version.budgetlines.all() if line.amount_won), None)
    return PlanCard(
        name=spoken(version, "name"),
        cluster=str(version.plan.cluster),
        href=_href("plan:plan", version.plan.cluster.code),
        announced=day(version.announced_date),
        budget=quantity(whole, Unit.WON) if whole else "",
        promises=[_kept(line, _href("plan:plan", version.plan.cluster.code)) for line in lines[:PROMISES]],
        words=[] if lines else [spoken(line.target, "name") for line in stated[:PROMISES]],
    )


def _kept(line: plan.Line, page: str) -> Kept:
    label, target = spoken(line.target, "name"), line.target.target or 0
    promised = quantity(target, line.target.unit)
    if line.count is None or line.count.value is None or line.filled is None:
        return Kept(label, "", promised)
    metric, value = line.count.metric, line.count.value
    defined = f"{page}#metric-{metric.code}" if page else ""
    reached = quantity(value, line.target.unit)
    return Kept(label, reached, promised, min(value, target), target, defined, line.count.href or "")


def hub_card(hub: PlannedHub, standing: Container[str]) -> parts.Card:
    """A hub as announced; leads to its rooms by floor where they stand, else to the plan of its city."""
    facts = [parts.Row(_("기업 공간"), _("%(count)s곳") % {"count": hub.company_places})] if hub.company_places else []
    return parts.Card(spoken(hub, "name"), _hub_href(hub, standing), spoken(hub, "place"), facts=facts)


def _hub_href(hub: PlannedHub, standing: Container[str]) -> str:
    if hub.code in standing:
        return f"{_href('tenancy:hubs')}#hub-{hub.code}"
    return _href("plan:plan", hub.version.plan.cluster.code)


def _title(call: Call) -> str:
    return call.current.title_text if call.current else call.code


def _href(name: str, *args: Any) -> str:
    """The address, or nothing when this installation does not serve the room."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
