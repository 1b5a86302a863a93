"""The figures of a programme at the end of a day, as known at an instant: plain, exact, the same bytes each time.

Everything comes from the postings, and from values and events that carry the instant at which they became known. What
only another room can answer (tenants) or what policy says is *given*: kept as it was when the figures were built.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from fractions import Fraction
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from fund import performance
from fund.enums import Account, PartnerRole
from fund.models import Company, Holding, Partner, Programme, Snapshot, SubFund
from fund.queries import pooled, stakes
from fund.queries.books import CITY_CURRENCY
from portal.core.periods import add_months, first_of_month
from portal.intake.canonical import canonical
from portal.plan.registry import fact

#: The version of each query; it rises when what it counts changes, so that a stored figure says which one it was.
VERSIONS = {"balances": 1, "flows": 1, "holdings": 1, "performance": 1}
METHOD = "xirr act/365F, v1"
#: Whose money the totals add; what one sub-fund put into another was put into the first by these.
_ROLES = [role.value.lower() for role in PartnerRole if role != PartnerRole.SUB_FUND]


def given(programme: Programme, *, on: date) -> dict[str, Any]:
    """Policy, and what the tenancy room answers of every company held: yes, no, unknown, at the investment and now."""
    firsts: dict[int, date] = {}
    rows = Holding.objects.filter(company__programme=programme, first_cash_date__lte=on).select_related("company")
    companies: dict[int, Company] = {}
    for row in rows.select_related("company__organisation"):
        firsts[row.company_id] = min(row.first_cash_date, firsts.get(row.company_id, row.first_cash_date))
        companies[row.company_id] = row.company
    answers = {name: {"yes": 0, "no": 0, "unknown": 0} for name in ("tenant_at_investment", "tenant_now", "graduate")}
    for pk, company in companies.items():
        for name, asked, day in (
            ("tenant_at_investment", "tenancy.is_tenant", firsts[pk]),
            ("tenant_now", "tenancy.is_tenant", on),
            ("graduate", "tenancy.is_graduate", on),
        ):
            answer = fact(asked, organisation=company.organisation, on=day)
            answers[name][{True: "yes", False: "no", None: "unknown"}[answer]] += 1
    names = ("policy_version", "amount", "target_total", "cap_bp", "warn_bp")
    return {"policy": {name: getattr(programme, name) for name in names}, "answers": answers}


def body(programme: Programme, *, kind: str, on: date, known: datetime, given: Mapping[str, Any]) -> dict[str, Any]:
    """Everything a snapshot says, as plain whole numbers and text."""
    own = pooled.sums(programme, on=on, known=known, currency=None)
    funds = list(SubFund.objects.filter(programme=programme))
    codes = {one.pk: one.code for one in funds}
    foreign = {one.pk: one.currency for one in funds if one.currency != CITY_CURRENCY}
    by_fund = {pk: one for pk, one in own.items() if pk not in foreign}
    apart = {pk: one for pk, one in own.items() if pk in foreign}
    past = pooled.days(programme, on=on, known=known)
    city = Partner.objects.filter(programme=programme, role=PartnerRole.CITY).values_list("pk", flat=True).first()
    values = pooled.partner_values(programme, on=on, known=known)
    inner, between = stakes.inner(programme), stakes.stakes(programme, on=on, known=known)
    seen = [day.outside(inner) for day in past]
    runs = _runs(past, seen, values, by_fund, city, codes, on, pooled.carried(programme, on, known))
    every = _all(by_fund)
    sectors = pooled.sectors(programme, on, known)
    # Only where there are any: what was frozen of won alone is spelled as it always was.
    held_apart = {"apart": _apart(apart, codes, foreign)} if apart else {}
    return held_apart | {
        "format": 1,
        "programme": programme.code,
        "kind": kind,
        "as_of": on.isoformat(),
        "known_at": known.astimezone(UTC).isoformat(),
        "queries": VERSIONS,
        "method": METHOD,
        "given": dict(given),
        "figures": _figures(every, by_fund, values, city, sectors, pooled.oldest(programme, on, known))
        | {"city_costs": _city_costs(by_fund, between)},
        "sub_funds": [_sub_fund(codes[pk], by_fund[pk]) for pk in sorted(by_fund, key=lambda pk: codes[pk])],
        "rates": {run["scope"] if not run["code"] else f"fund:{run['code']}": run["answer"] for run in runs},
        "runs": [{key: run[key] for key in ("scope", "code", "flows", "answer")} for run in runs],
        "history": _history(seen, on),
        "bridge": _bridge(every),
        "sectors": sectors,
        "write_downs": pooled.write_downs(programme, on, known),
    }


def spelled(content: Mapping[str, Any]) -> tuple[str, str]:
    """The canonical JSON and its digest."""
    data = canonical(dict(content))
    return data.decode(), hashlib.sha256(data).hexdigest()


def rebuilt(snapshot: Snapshot) -> str:
    """The figures of a snapshot counted again from today's tables: the same bytes, or the books were tampered with."""
    kept = json.loads(snapshot.body)
    content = body(
        snapshot.programme, kind=snapshot.kind, on=snapshot.as_of_date, known=snapshot.known_at, given=kept["given"]
    )
    return spelled(content)[0]


def _apart(
    apart: Mapping[int, pooled.Sums], codes: Mapping[int, str], currencies: Mapping[int, str]
) -> list[dict[str, Any]]:
    """The sub-funds of another currency, each in its own minor units; they are in no total."""
    rows = sorted(apart.items(), key=lambda row: codes[row[0]])
    return [_sub_fund(codes[pk], one) | {"currency": currencies[pk]} for pk, one in rows]


def _all(by_fund: Mapping[int, pooled.Sums]) -> pooled.Sums:
    """The sub-funds together; a stake of one in another is no asset beside what it stands for."""
    total = pooled.Sums()
    for one in by_fund.values():
        for name in ("committed", "unfunded", "paid_in", "distributed", "accounts"):
            into = getattr(total, name)
            for key, amount in getattr(one, name).items():
                into[key] = into.get(key, 0) + amount
        total.carry += one.carry
        total.invested += one.invested
        total.realised += one.realised
        total.nav += one.own_nav
        if one.from_stakes:
            total.accounts[Account.REALISED] -= one.from_stakes
    for name in ("committed", "unfunded", "paid_in", "distributed"):
        getattr(total, name).pop(stakes.INNER, None)
    return total


def _figures(
    every: pooled.Sums, by_fund: Mapping[int, pooled.Sums], values: Mapping[tuple[int, int], int], city: int | None,
    sectors: list[list[Any]], oldest: date | None,
) -> dict[str, Any]:  # fmt: skip
    made: dict[str, Any] = {}
    for name in ("committed", "paid_in", "unfunded", "distributed"):
        amounts = getattr(every, name)
        made |= {f"{name}_{role}": amounts.get(role, 0) for role in _ROLES}
        made[f"{name}_total"] = sum(amounts.get(role, 0) for role in _ROLES)
    city_nav = sum(amount for (_fund, partner), amount in values.items() if partner == city)
    accounts = every.accounts
    costs = {
        "fees": accounts.get(Account.FEE, 0), "expenses": accounts.get(Account.EXPENSE, 0), "carry": every.carry,
    }  # fmt: skip
    return made | {
        **{name: _ratio(number) for name, number in _multiples(made, every.nav, "total").items()},
        **{f"city_{name}": _ratio(number) for name, number in _multiples(made, city_nav, "city").items()},
        "sub_funds": sum(1 for one in by_fund.values() if sum(one.committed.values())),
        "companies": sum(row[1] for row in sectors),
        "invested": every.invested,
        "realised": every.realised,
        "nav": every.nav,
        "city_nav": city_nav,
        "oldest_valuation": oldest.isoformat() if oldest else None,
        **costs,
        "write_downs": accounts.get(Account.WRITTEN_DOWN, 0),
    }


def _costs(one: pooled.Sums) -> tuple[int, ...]:
    return one.accounts.get(Account.FEE, 0), one.accounts.get(Account.EXPENSE, 0), one.carry


def _city_costs(by_fund: Mapping[int, pooled.Sums], between: Mapping[int, Mapping[int, Fraction]]) -> int:
    """The City's part by commitments, over every path between the sub-funds, cut to whole won in each."""
    parts = stakes.through({pk: pooled.city_stake(one) for pk, one in by_fund.items()}, between)
    return sum(int(parts.get(pk, Fraction(0)) * sum(_costs(one))) for pk, one in by_fund.items())


def _multiples(made: Mapping[str, Any], nav: int, whose: str) -> dict[str, Fraction | None]:
    found = performance.multiples(
        made[f"paid_in_{whose}"], made[f"distributed_{whose}"], nav, made[f"committed_{whose}"]
    )
    return {"pic": found.pic, "dpi": found.dpi, "rvpi": found.rvpi, "tvpi": found.tvpi}


def _ratio(number: Fraction | None) -> str | None:
    """An exact fraction in text; None where there is nothing to divide by."""
    return None if number is None else f"{number.numerator}/{number.denominator}"


def _sub_fund(code: str, one: pooled.Sums) -> dict[str, Any]:
    total = {name: sum(getattr(one, name).values()) for name in ("committed", "paid_in", "unfunded", "distributed")}
    return {
        "code": code,
        **total,
        "committed_city": one.committed.get("city", 0),
        "invested": one.invested,
        "realised": one.realised,
        "nav": one.nav,
        "fees": one.accounts.get(Account.FEE, 0),
        "carry": one.carry,
    }


def _runs(
    past: Iterable[pooled.Day], seen: Iterable[pooled.Day], values: Mapping[tuple[int, int], int],
    by_fund: Mapping[int, pooled.Sums], city: int | None,
    codes: Mapping[int, str], on: date, carried: int,
) -> list[dict[str, Any]]:  # fmt: skip
    """City net, all partners net (as ``seen`` from outside), investments gross, and each sub-fund net, with the rates."""
    rows = list(past)
    net = [(day.on, sum(day.distributed.values()) - sum(day.paid_in.values())) for day in seen]
    ours = [(day.on, day.distributed.get(city, 0) - day.paid_in.get(city, 0)) for day in rows] if city else []
    ours_nav = sum(amount for (_fund, partner), amount in values.items() if partner == city)
    wanted = [
        ("city_net", "", ours, ours_nav),
        ("fund_net", "", net, sum(one.own_nav for one in by_fund.values())),
        ("fund_gross", "", [(day.on, day.gross) for day in rows], carried),
    ]
    for pk in sorted(by_fund, key=lambda pk: codes[pk]):
        own = [
            (day.on, sum(day.distributed.values()) - sum(day.paid_in.values())) for day in rows if day.sub_fund == pk
        ]
        wanted.append(("sub_fund", codes[pk], own, by_fund[pk].nav))
    return [_run(scope, code, [*flows, (on, nav)]) for scope, code, flows, nav in wanted]


def _run(scope: str, code: str, flows: Iterable[tuple[date, int]]) -> dict[str, Any]:
    dated: dict[date, int] = {}
    for day, amount in flows:
        dated[day] = dated.get(day, 0) + amount
    kept = sorted((day, amount) for day, amount in dated.items() if amount)
    found = performance.xirr(kept)
    answer = {
        "status": found.status,
        "rate": _rate(found.rate),
        "roots": [_rate(root) for root in found.roots],
        "annualised": found.annualised,
        "period_return": _rate(found.period_return),
    }
    return {
        "scope": scope,
        "code": code,
        "flows": [[day.isoformat(), amount] for day, amount in kept],
        "answer": answer,
    }


def _rate(value: float | None) -> str | None:
    """A rate to nine decimals: what every machine agrees on."""
    return None if value is None else f"{value:.9f}"


def _history(past: Iterable[pooled.Day], on: date) -> list[list[Any]]:
    """At the end of each quarter, and on the day itself: paid in, distributed and net assets so far."""
    rows = list(past)
    if not rows:
        return []
    ends = list(_quarters(rows[0].on, on))
    made, paid, back, nav, place = [], 0, 0, 0, 0
    for end in ends:
        while place < len(rows) and rows[place].on <= end:
            paid += sum(rows[place].paid_in.values())
            back += sum(rows[place].distributed.values())
            nav += rows[place].nav
            place += 1
        made.append([end.isoformat(), paid, back, nav])
    return made


def _quarters(first: date, last: date) -> Iterable[date]:
    start = first_of_month(first).replace(month=(first.month - 1) // 3 * 3 + 1)
    starts = [start]
    while starts[-1] <= last:
        starts.append(add_months(starts[-1], 3))
    for _begin, after in pairwise(starts):
        end = date.fromordinal(after.toordinal() - 1)
        yield min(end, last)


def _bridge(every: pooled.Sums) -> list[list[Any]]:
    """From nothing to the net assets, line by line; what is due but not here stands in the last."""
    accounts = every.accounts
    lines: list[tuple[str, int]] = [
        ("paid_in", sum(every.paid_in.values())),
        ("income", -accounts.get(Account.INCOME, 0)),
        ("realised_result", -accounts.get(Account.REALISED, 0)),
        ("unrealised_result", -accounts.get(Account.REVALUED, 0)),
        ("write_downs", -accounts.get(Account.WRITTEN_DOWN, 0)),
        ("fees", -accounts.get(Account.FEE, 0)),
        ("expenses", -accounts.get(Account.EXPENSE, 0)),
        ("carry", -every.carry),
        ("distributed", -sum(every.distributed.values())),
    ]
    steps = sum(amount for _name, amount in lines)
    return [[name, amount] for name, amount in [*lines, ("due", every.nav - steps), ("nav", every.nav)]]


def latest_published(programme: Programme | None = None) -> Snapshot | None:
    """The published figures of the latest day, of one programme or of any."""
    rows = Snapshot.objects.filter(status="PUBLISHED").select_related("programme__cluster", "restates")
    rows = rows.filter(programme=programme) if programme else rows
    return rows.order_by("-as_of_date", "-number").first()


def restatements_of(programme: Programme) -> QuerySet[Snapshot]:
    """Published figures that corrected others, the latest first."""
    rows = programme.snapshots.filter(restates__isnull=False, status__in=["PUBLISHED", "RESTATED"])
    return rows.select_related("restates", "programme").order_by("-number")


def snapshots_of(programme: Programme) -> QuerySet[Snapshot]:
    """Every snapshot, the latest first."""
    rows = programme.snapshots.select_related("built_by", "published_by", "restates", "programme")
    return rows.order_by("-number")


def snapshot_of(public_id: UUID) -> Snapshot | None:
    rows = Snapshot.objects.select_related("programme__cluster", "built_by", "published_by", "restates")
    return rows.filter(public_id=public_id).first()
