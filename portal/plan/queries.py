"""Reads: a plan's newest version with what the portal counts today beside what was promised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.cache import cache

from portal.accounts.models import Cluster
from portal.plan import registry
from portal.plan.models import BudgetLine, Plan, PlannedHub, PlanVersion, Progress, Target

#: For how long a counted figure may stand on public pages. What is decided asks the facts, never these figures.
SECONDS = 60


@dataclass(frozen=True, slots=True)
class Count:
    """A figure as counted: ``value`` in the metric's unit as of the end of ``on``, None when unknown."""

    metric: registry.Metric
    value: int | None
    on: date
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A promise with what came of it: a count where a metric is registered, else a person's statement, else neither."""

    target: Target
    count: Count | None
    progress: Progress | None

    @property
    def filled(self) -> int | None:
        """Whole percent of the target that is reached; None when either number is unknown or they differ in unit."""
        if self.count is None or self.count.value is None or not self.target.target:
            return None
        if self.count.metric.unit != self.target.unit:
            return None
        return self.count.value * 100 // self.target.target


@dataclass(frozen=True, slots=True)
class HubLine:
    """A hub as announced with what is counted there."""

    hub: PlannedHub
    counts: list[Count]


@dataclass(frozen=True, slots=True)
class PlanPage:
    """Everything the public page of a plan shows, as of ``on``."""

    version: PlanVersion
    on: date
    budget: list[BudgetLine]
    lines: list[Line]
    hubs: list[HubLine]

    @property
    def cluster(self) -> Cluster:
        return self.version.plan.cluster

    @property
    def last_year(self) -> int:
        """The last calendar year of the half-open period."""
        return (self.version.ends_date - timedelta(days=1)).year

    @property
    def metrics(self) -> list[registry.Metric]:
        """The metrics this page counts by, each once, in the order of the page."""
        counts = [line.count for line in self.lines] + [count for hub in self.hubs for count in hub.counts]
        return list({count.metric.code: count.metric for count in counts if count is not None}.values())


def newest_versions() -> list[PlanVersion]:
    """The newest version of every plan, in the order in which the plans were loaded."""
    versions = PlanVersion.objects.select_related("plan__cluster").order_by("plan_id", "-number").distinct("plan_id")
    return list(versions)


def newest_version(cluster_code: str) -> PlanVersion | None:
    """The newest version of the cluster's latest plan; None when the cluster has none."""
    return (
        PlanVersion.objects.select_related("plan__cluster")
        .filter(plan__cluster__code=cluster_code)
        .order_by("-announced_date", "-number")
        .first()
    )


def plan_page(version: PlanVersion, *, on: date) -> PlanPage:
    """What was promised and what is counted as of ``on``."""
    return PlanPage(
        version=version,
        on=on,
        budget=list(version.budgetlines.select_related("source")),
        lines=lines(version, on=on),
        hubs=[_hub_line(hub, version, on) for hub in version.hubs.select_related("source")],
    )


def lines(version: PlanVersion, *, on: date) -> list[Line]:
    """The promises of a plan with what came of each."""
    stated = newest_progress(version.plan)
    return [
        Line(target, count(target.metric, version.plan.cluster, on, target.scope), stated.get(target.code))
        for target in version.targets.select_related("source")
    ]


def count(code: str, cluster: Cluster, on: date, scope: Sequence[str]) -> Count | None:
    """The metric of that code, counted at most a minute ago; None when there is no code or no room counts it."""
    metric = registry.metric(code) if code else None
    if metric is None:
        return None
    href = metric.drill(cluster, on, scope) if metric.drill else None
    key = f"plan.count:{code}:{cluster.code}:{on}:{','.join(scope)}"
    return Count(metric, cache.get_or_set(key, lambda: metric.compute(cluster, on, scope), SECONDS), on, href)


def newest_progress(plan: Plan) -> dict[str, Progress]:
    """The newest statement for each promise of the plan, by the promise's code."""
    return {statement.target_code: statement for statement in plan.progress.order_by("on_date", "id")}


def _hub_line(hub: PlannedHub, version: PlanVersion, on: date) -> HubLine:
    counts = [count(code, version.plan.cluster, on, [hub.code]) for code in version.hub_metrics]
    return HubLine(hub, [found for found in counts if found is not None])
