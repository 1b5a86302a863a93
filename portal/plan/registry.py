"""What rooms offer each other and the plan page: metrics that are counted, facts that are asked.

Rooms register in ``AppConfig.ready()``; this floor calls them back and knows none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ledger import log

if TYPE_CHECKING:
    from portal.accounts.models import Cluster


class Compute(Protocol):
    """Counts a metric in its unit for a cluster on a day of Seoul; ``scope`` holds hub codes, empty for all of them.

    None means unknown, which is shown apart from 0.
    """

    def __call__(self, cluster: Cluster, on: date, scope: Sequence[str]) -> int | None: ...


class Drill(Protocol):
    """The address of what the figure was counted from, or None when there is none to show."""

    def __call__(self, cluster: Cluster, on: date, scope: Sequence[str]) -> str | None: ...


@dataclass(frozen=True)
class Metric:
    """One thing the portal counts. ``unit`` is a value of ``enums.Unit``; ``definition`` says what is counted, and how."""

    code: str
    name: str | Promise
    unit: str
    compute: Compute
    drill: Drill | None = None
    definition: str | Promise = ""


Fact = Callable[..., Any]

_metrics: dict[str, Metric] = {}
_facts: dict[str, Fact] = {}

VERSION_PUBLISHED = log.EventType(
    "plan.version_published", 1, {"plan": "ref", "version": "int", "hash": "ref"}, title=_("기본계획을 게시했습니다")
)
PROGRESS_STATED = log.EventType(
    "plan.progress_stated",
    1,
    {"plan": "ref", "target": "ref", "state": "code:DONE|UNDER_WAY|NOT_BEGUN", "on": "date", "hash": "ref"},
    title=_("추진 상황을 적었습니다"),
)


def register_metric(metric: Metric) -> Metric:
    """Make a metric known; a second one of the same code stops the portal at start."""
    if metric.code in _metrics:
        raise ImproperlyConfigured(f"two metrics are called {metric.code}")
    _metrics[metric.code] = metric
    return metric


def metric(code: str) -> Metric | None:
    """The metric of that code; None while no room has registered it."""
    return _metrics.get(code)


def metrics() -> list[Metric]:
    """Every registered metric, by code."""
    return [_metrics[code] for code in sorted(_metrics)]


def register_fact(name: str, function: Fact) -> None:
    """Offer a fact to the other rooms; a second one of the same name stops the portal at start."""
    if name in _facts:
        raise ImproperlyConfigured(f"two facts are called {name}")
    _facts[name] = function


def fact(name: str, **asked: Any) -> Any:
    """Ask a fact that some room offers; None means unknown, also while no room offers it."""
    function = _facts.get(name)
    return None if function is None else function(**asked)


log.name(
    rooms={"plan": _("기본계획")},
    kinds={"plan": _("기본계획")},
    fields={
        "plan": _("기본계획"),
        "target": _("목표"),
        "state": _("상태"),
        "on": _("기준일"),
        "hash": _("내용의 해시"),
    },
)
