"""What the pages of this room have in common."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.http import Http404, HttpRequest

from fund import queries, rules
from fund.forms import AsOfForm
from fund.models import Commitment, SubFund
from portal.accounts.models import User
from portal.accounts.rules import check_can_act_for
from portal.core.periods import SEOUL, end_of_day


class SignedIn(HttpRequest):
    """A request behind ``login_required``."""

    user: User


def found_sub_fund(request: SignedIn, public_id: UUID) -> SubFund:
    """The sub-fund, for those who may read it."""
    found = queries.funds.sub_fund_of(public_id)
    if found is None:
        raise Http404
    rules.check_can_read(request.user, found)
    return found


def check_concerned(request: SignedIn, sub_fund: SubFund, commitment: Commitment) -> None:
    """Lets pass who runs or reads the sub-fund, and the partner whose commitment it is."""
    if rules.can_read(request.user, sub_fund):
        return
    if commitment.partner.organisation is None:
        raise Http404
    check_can_act_for(request.user, commitment.partner.organisation)


def as_of(request: HttpRequest, now: datetime) -> tuple[date, datetime, AsOfForm]:
    """The day and the instant of ``?on=&known=``; today and now when they are not given or no dates.

    ``known`` is a day, which is known to its end, or the exact instant of frozen figures, which the form shows as its day.
    """
    asked_for = request.GET.copy()
    exact = _instant(asked_for.get("known", ""))
    if exact is not None:
        asked_for["known"] = exact.astimezone(SEOUL).date().isoformat()
    form = AsOfForm(asked_for if "on" in asked_for or "known" in asked_for else None)
    asked = form.cleaned_data if form.is_valid() else {}
    known = asked.get("known")
    until = exact or (end_of_day(known) - timedelta(microseconds=1) if known else now)
    return asked.get("on") or now.astimezone(SEOUL).date(), min(until, now), form


def _instant(text: str) -> datetime | None:
    """An instant with its zone; None of anything else, a mere day included."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None and found.year in range(1900, 2200) else None
