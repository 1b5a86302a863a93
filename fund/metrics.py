"""What the fund counts for the plan; registered in ``FundConfig.ready``.

All eight are totals, which the public may read. Each is counted from the postings as of the day and as known now. A fund
belongs to the whole city: asked for single hubs it is unknown, and so it is while the city has no programme.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from fund import queries
from fund.models import Company, Programme, SubFund
from fund.queries.books import CITY_CURRENCY
from fund.queries.exposure import invested_companies
from fund.queries.pooled import Sums
from portal.accounts.models import Cluster
from portal.core.clock import database_now
from portal.plan.enums import Unit as Counted
from portal.plan.registry import Compute, Metric, fact

_WHOLE_BP = 10_000


def _programmes(cluster: Cluster, scope: Sequence[str]) -> list[Programme]:
    return [] if scope else list(Programme.objects.filter(cluster=cluster))


def _sums(programmes: Sequence[Programme], on: date) -> list[Sums]:
    now = database_now()
    return [
        one for row in programmes for one in queries.pooled.sums(row, on=on, known=now, currency=CITY_CURRENCY).values()
    ]


def _total(amount: Callable[[Sums], int]) -> Compute:
    def compute(cluster: Cluster, on: date, scope: Sequence[str]) -> int | None:
        programmes = _programmes(cluster, scope)
        return sum(map(amount, _sums(programmes, on))) if programmes else None

    return compute


def _committed(one: Sums) -> int:
    return one.of_new_money("committed")


def _committed_city(one: Sums) -> int:
    return one.committed.get("city", 0)


def city_share(cluster: Cluster, on: date, scope: Sequence[str]) -> int | None:
    """The City's part of what is committed, in basis points, dropped; None while nothing is."""
    rows = _sums(_programmes(cluster, scope), on)
    total = sum(map(_committed, rows))
    return sum(map(_committed_city, rows)) * _WHOLE_BP // total if total else None


def subfunds_formed(cluster: Cluster, on: date, scope: Sequence[str]) -> int | None:
    """Sub-funds formed by that day, ended ones too."""
    programmes = _programmes(cluster, scope)
    return SubFund.objects.filter(programme__in=programmes, formed_date__lte=on).count() if programmes else None


def companies_invested(cluster: Cluster, on: date, scope: Sequence[str]) -> int | None:
    """Distinct companies that money went into by that day."""
    programmes = _programmes(cluster, scope)
    return len(invested_companies(programmes, on=on, known=database_now())) if programmes else None


def _companies_that(answer: Callable[[Company, date], bool | None]) -> Compute:
    """Companies of which the answer is yes; None when it is unknown of any, for then the number is not known."""

    def compute(cluster: Cluster, on: date, scope: Sequence[str]) -> int | None:
        programmes = _programmes(cluster, scope)
        if not programmes:
            return None
        known: datetime = database_now()
        answers = [answer(*row) for row in invested_companies(programmes, on=on, known=known).items()]
        return None if None in answers else answers.count(True)

    return compute


def seoul_companies(cluster: Cluster, on: date, scope: Sequence[str]) -> int | None:
    """Companies whose last reported address by that day is in Seoul; None while any is unknown."""
    programmes, known = _programmes(cluster, scope), database_now()
    if not programmes:
        return None
    companies = invested_companies(programmes, on=on, known=known)
    found = queries.companies.states({company.pk: on for company in companies}, known=known)
    answers = [state.in_seoul for state in found.values()]
    return None if None in answers else answers.count(True)


def _tenant_at_investment(company: Company, first: date) -> bool | None:
    found: bool | None = fact("tenancy.is_tenant", organisation=company.organisation, on=first)
    return found


def _page(cluster: Cluster, on: date, scope: Sequence[str]) -> str | None:
    return reverse("fund:public")


METRICS = [
    Metric(
        "fund.committed_total",
        _("펀드 약정 합계"),
        Counted.WON,
        _total(_committed),
        _page,
        _("그날까지 모든 출자자가 자펀드에 약정하고 해지하지 않은 금액의 합입니다."),
    ),
    Metric(
        "fund.committed_city",
        _("펀드 서울시 약정"),
        Counted.WON,
        _total(_committed_city),
        _page,
        _("그날까지 서울시가 자펀드에 약정하고 해지하지 않은 금액의 합입니다."),
    ),
    Metric(
        "fund.city_share",
        _("펀드 서울시 비율"),
        Counted.BP,
        city_share,
        _page,
        _("그날 약정 합계 가운데 서울시 약정의 비율입니다."),
    ),
    Metric(
        "fund.subfunds_formed",
        _("결성한 자펀드"),
        Counted.FUNDS,
        subfunds_formed,
        _page,
        _("그날까지 결성한 자펀드의 수입니다. 청산한 자펀드도 셉니다."),
    ),
    Metric(
        "fund.invested_amount",
        _("펀드 투자 금액"),
        Counted.WON,
        _total(lambda one: one.invested),
        _page,
        _("그날까지 자펀드가 기업과 프로젝트에 투자한 금액의 합입니다. 회수한 투자도 셉니다."),
    ),
    Metric(
        "fund.companies_invested",
        _("펀드 투자 기업"),
        Counted.COMPANIES,
        companies_invested,
        _page,
        _("그날까지 자펀드가 투자한 서로 다른 기업의 수입니다. 여러 자펀드가 투자한 기업도 한 번만 셉니다."),
    ),
    Metric(
        "fund.seoul_companies_invested",
        _("펀드 투자 서울 기업"),
        Counted.COMPANIES,
        seoul_companies,
        _page,
        _(
            "그날까지 자펀드가 투자한 기업 가운데 그날의 소재지가 서울인 기업의 수입니다. 소재지를 모르는 기업이 있으면 알 수 없습니다."
        ),
    ),
    Metric(
        "fund.tenant_companies_invested",
        _("펀드 투자 입주기업"),
        Counted.COMPANIES,
        _companies_that(_tenant_at_investment),
        _page,
        _(
            "그날까지 자펀드가 투자한 기업 가운데 처음 투자한 날 입주해 있던 기업의 수입니다. 확인할 수 없는 기업이 있으면 알 수 없습니다."
        ),
    ),
]
