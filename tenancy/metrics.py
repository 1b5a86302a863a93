"""What tenancy counts for the plan and tells other rooms; registered in ``TenancyConfig.ready``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Cluster, Organisation
from portal.intake.models import Application, Call, Track
from portal.plan.enums import Unit as Counted
from portal.plan.registry import Metric
from tenancy import queries
from tenancy.models import Graduation, Hub, Invoice, RenewalReview, Unit

_WHOLE_BP = 10_000


def company_places(cluster: Cluster, on: date, scope: Sequence[str]) -> int | None:
    """Units in service that can be let; None while a hub asked for is not known here."""
    hubs = _hubs(cluster, scope)
    if hubs is None:
        return None
    return Unit.objects.filter(queries.existing(on), floor__building__hub__in=hubs).count()


def companies(cluster: Cluster, on: date, scope: Sequence[str]) -> int | None:
    """Distinct companies that are in a room."""
    return None if _hubs(cluster, scope) is None else queries.tenants_on(on, cluster, scope).count()


def area_let_bp(cluster: Cluster, on: date, scope: Sequence[str]) -> int | None:
    """Let area of the area that can be let, in basis points, dropped."""
    hubs = _hubs(cluster, scope)
    if hubs is None:
        return None
    units = Unit.objects.filter(queries.existing(on), floor__building__hub__in=hubs)
    whole = units.aggregate(area=Sum("area_m2"))["area"]
    let = units.filter(pk__in=queries.let_units(on)).aggregate(area=Sum("area_m2"))["area"] or 0
    return int(let * _WHOLE_BP // whole) if whole else None


def is_tenant(*, organisation: Organisation | None, on: date) -> bool | None:
    """Whether the company is in a room on the day; None for an unknown company."""
    return None if organisation is None else queries.tenants_on(on).filter(pk=organisation.pk).exists()


def tenant_until(*, organisation: Organisation | None) -> date | None:
    """The day on which the company has no room any more; None when unknown or never a tenant."""
    return None if organisation is None else queries.tenancy_end(organisation)


def is_graduate(*, organisation: Organisation | None, on: date) -> bool | None:
    """Whether the company has graduated from a hub by that day; None for an unknown company."""
    if organisation is None:
        return None
    return Graduation.objects.filter(organisation=organisation, graduated_date__lte=on).exists()


def graduates(cluster: Cluster, on: date, scope: Sequence[str]) -> int | None:
    """Distinct companies that graduated by that day."""
    hubs = _hubs(cluster, scope)
    if hubs is None:
        return None
    found = Graduation.objects.filter(lease__unit__floor__building__hub__in=hubs, graduated_date__lte=on)
    return found.values("organisation").distinct().count()


def jobs(cluster: Cluster, on: date, scope: Sequence[str]) -> int | None:
    """People employed by the companies in a room, as each last declared when it asked for another term; None undeclared."""
    if _hubs(cluster, scope) is None:
        return None
    tenants = queries.tenants_on(on, cluster, scope)
    rows = RenewalReview.objects.filter(
        lease__organisation__in=tenants, invited_at__date__lte=on, figures__has_key="jobs"
    )
    last = {
        company: figures["jobs"]
        for company, figures in rows.order_by("pk").values_list("lease__organisation", "figures")
    }
    return sum(last.values()) if last else None


def applicants_per_place(cluster: Cluster, on: date, scope: Sequence[str]) -> int | None:
    """Applications received for each place offered, in basis points, of the calls for rooms closed by that day."""
    calls = Call.objects.filter(programme="space", cluster=cluster, closed_at__date__lte=on)
    asked = [call for call in calls if not scope or set(call.hubs) & set(scope)]
    places = Track.objects.filter(call__in=asked).aggregate(sum=Sum("quota"))["sum"]
    received = Application.objects.filter(call__in=asked, submitted_at__isnull=False).count()
    return received * _WHOLE_BP // places if places else None


def arrears_won(cluster: Cluster, on: date, scope: Sequence[str]) -> int | None:
    """Won that were due before the day and are open still."""
    hubs = _hubs(cluster, scope)
    if hubs is None:
        return None
    late = Invoice.objects.filter(
        lease__unit__floor__building__hub__in=hubs, due_date__lt=on, status__in=queries.UNPAID
    )
    return int(late.aggregate(sum=Sum("open_amount"))["sum"] or 0)


def other_public_space(*, organisation: Organisation | None, on: date) -> date | None:
    """The last day on which the company has a room of ours; None when it has none: other bodies' rooms are unknown here."""
    free = tenant_until(organisation=organisation)
    return free - timedelta(days=1) if free is not None and free > on else None


def _hubs(cluster: Cluster, scope: Sequence[str]) -> list[Hub] | None:
    hubs = Hub.objects.filter(cluster=cluster)
    if not scope:
        return list(hubs)
    found = list(hubs.filter(code__in=scope))
    return found or None


def _plan_page(cluster: Cluster, on: date, scope: Sequence[str]) -> str | None:
    return f"{reverse('tenancy:hubs')}?on={on.isoformat()}"


METRICS = [
    Metric(
        "tenancy.company_places",
        _("기업 입주 공간"),
        Counted.PLACES,
        company_places,
        _plan_page,
        _("그날 사용 중인 층에서 임대할 수 있는 호실의 수입니다."),
    ),
    Metric(
        "tenancy.companies",
        _("입주 기업"),
        Counted.COMPANIES,
        companies,
        _plan_page,
        _("그날 호실에 입주해 있는 서로 다른 기업의 수입니다."),
    ),
    Metric(
        "tenancy.area_let_bp",
        _("입주 면적 비율"),
        Counted.BP,
        area_let_bp,
        _plan_page,
        _("임대할 수 있는 면적 가운데 입주한 면적의 비율입니다."),
    ),
    Metric(
        "tenancy.graduates",
        _("졸업 기업"),
        Counted.COMPANIES,
        graduates,
        None,
        _("그날까지 입주 기간을 다 채우거나 정한 사유로 졸업한 서로 다른 기업의 수입니다."),
    ),
    Metric(
        "tenancy.jobs",
        _("입주 기업의 고용"),
        Counted.PERSONS,
        jobs,
        None,
        _(
            "그날 입주해 있는 기업이 연장을 신청하며 마지막으로 적은 고용 인원의 합입니다. 적은 기업이 없으면 알 수 없습니다."
        ),
    ),
    Metric(
        "tenancy.applicants_per_place",
        _("입주 경쟁률"),
        Counted.BP,
        applicants_per_place,
        None,
        _(
            "그날까지 마감한 입주 모집에 접수된 신청서를 모집한 자리로 나눈 값입니다. 100%면 한 자리에 한 기업이 신청했습니다."
        ),
    ),
    Metric(
        "tenancy.arrears_won",
        _("체납 임대료"),
        Counted.WON,
        arrears_won,
        None,
        _("납부기한이 그날 이전이고 아직 남아 있는 임대료의 합입니다."),
    ),
]


def hub_codes() -> frozenset[str]:
    """The hubs that have their rooms in the portal."""
    return frozenset(Hub.objects.values_list("code", flat=True))


FACTS: dict[str, Any] = {
    "tenancy.is_tenant": is_tenant,
    "tenancy.tenant_until": tenant_until,
    "tenancy.is_graduate": is_graduate,
    "tenancy.hub_codes": hub_codes,
    "other_public_space": other_public_space,
}
