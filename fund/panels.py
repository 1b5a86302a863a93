"""Sections of the shared desk: the way into the fund's pages, and what waits for a member of the committee."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from fund import queries
from fund.models import SubFund
from fund.queries.reporting import Task
from portal.accounts.roles import roles_for
from portal.core.panels import Panel
from portal.core.periods import SEOUL
from portal.core.ui.parts import Figure


def desk(user: Any, now: datetime) -> Mapping[str, Any] | None:
    """Calls and deals that wait in the person's programmes."""
    rows = list(SubFund.objects.filter(programme__in=queries.funds.programmes_for(user)))
    count = pgettext("단위", "건")
    return {
        "figures": [
            Figure(_("처리할 출자요청"), queries.calls.open_calls(rows).count(), count, href=reverse("fund:desk")),
            Figure(_("진행 중인 투자건"), queries.holdings.open_deals(rows).count(), count, href=reverse("fund:deals")),
            Figure(_("기한이 지난 보고"), len(_late(rows, now)), count, href=reverse("fund:reporting")),
            Figure(_("기한이 가까운 투자의무"), _pressing(rows, now), count, href=reverse("fund:city")),
        ]
    }


def _late(rows: list[SubFund], now: datetime) -> list[Task]:
    return queries.reporting.late(queries.reporting.tasks(rows, today=now.astimezone(SEOUL).date()))


def _pressing(rows: list[SubFund], now: datetime) -> int:
    return queries.duties.pressing(rows, now.astimezone(SEOUL).date())


def committee(user: Any, now: datetime) -> Mapping[str, Any] | None:
    """Motions that wait for the member's statement or vote."""
    waiting = queries.committee.waiting_for(user)
    return {
        "figures": [
            Figure(_("기다리는 안건"), waiting, pgettext("단위", "건"), href=reverse("fund:committee")),
        ]
    }


def reports(user: Any, now: datetime) -> Mapping[str, Any] | None:
    """What the managers one acts for still have to report; nothing for people of no manager."""
    rows = list(queries.reporting.managed_by(user)) if user.is_authenticated else []
    if not rows:
        return None
    left = queries.reporting.outstanding(queries.reporting.tasks(rows, today=now.astimezone(SEOUL).date()))
    late, count = queries.reporting.late(left), pgettext("단위", "건")
    one = queries.duties.duties_of(rows).first()
    duties = reverse("fund:duties", args=[one.sub_fund.public_id]) if one else ""
    return {
        "figures": [
            Figure(_("남은 보고"), len(left), count, href=reverse("fund:reporting")),
            Figure(_("기한이 지난 보고"), len(late), count, href=reverse("fund:reporting")),
            *([Figure(_("기한이 가까운 투자의무"), _pressing(rows, now), count, href=duties)] if one else []),
        ]
    }


def city(user: Any, now: datetime) -> Mapping[str, Any] | None:
    """What the people who act for the City as a partner look after; nothing for others."""
    programmes = list(queries.city.programmes_of(user)) if user.is_authenticated else []
    if not programmes:
        return None
    rows = list(SubFund.objects.filter(programme__in=programmes))
    count, there = pgettext("단위", "건"), reverse("fund:city")
    return {
        "figures": [
            Figure(_("자펀드"), len(rows), pgettext("단위", "개"), href=there),
            Figure(_("기한이 가까운 투자의무"), _pressing(rows, now), count, href=there),
        ]
    }


def statements(user: Any, now: datetime) -> Mapping[str, Any] | None:
    """The capital account statements of the partners one acts for; nothing for others."""
    if not user.is_authenticated or not queries.issued.is_partner(user):
        return None
    number = queries.issued.own(user).filter(status="ISSUED").count()
    return {
        "figures": [
            Figure(_("자본계정 명세서"), number, pgettext("단위", "건"), href=reverse("fund:own_statements")),
        ]
    }


PANELS = [
    Panel("fund-reports", "my", gettext_lazy("운용사 보고"), "fund/panel_desk.html", reports, order=45),
    Panel("fund-city", "my", gettext_lazy("서울시 출자"), "fund/panel_desk.html", city, order=46),
    Panel("fund-statements", "my", gettext_lazy("내 출자"), "fund/panel_desk.html", statements, order=47),
    Panel(
        "fund", "desk", gettext_lazy("투자 업무"), "fund/panel_desk.html", desk, roles=roles_for("fund.read"), order=60
    ),
    Panel(
        "committee", "desk", gettext_lazy("투자심의"), "fund/panel_desk.html", committee,
        roles=roles_for("motion.vote"), order=61,
    ),
]  # fmt: skip
