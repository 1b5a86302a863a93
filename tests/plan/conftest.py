"""Django is not set up yet when this file is read, so the portal is imported inside the fixtures."""

from datetime import UTC, date, datetime

import pytest
from django.core.management import call_command

DAY = date(2020, 1, 6)
NOW = datetime(2020, 1, 6, 3, 0, tzinfo=UTC)


@pytest.fixture
def plans(db) -> dict[str, object]:
    """The newest version of both cities' plans as this repository ships them, by cluster."""
    from portal.plan.models import PlanVersion

    call_command("load_plans", verbosity=0)
    return {version.plan.cluster.code: version for version in PlanVersion.objects.select_related("plan__cluster")}


@pytest.fixture
def publisher(plans):
    """Somebody who may publish for Incheon, and there only."""
    from ledger import log
    from portal.accounts.models import Cluster, User
    from portal.accounts.services.roles import grant_role

    user = User.objects.create_user("admin@example.org", name="관리자")
    grant_role(by=log.SYSTEM, user=user, role="admin", cluster=Cluster.objects.get(code="incheon"), now=NOW)
    return user


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    """No room's metrics and facts: the plan is tested without those who build on it."""
    from portal.plan import registry

    monkeypatch.setattr(registry, "_metrics", {})
    monkeypatch.setattr(registry, "_facts", {})
    return registry


@pytest.fixture
def metric(registered):
    """Register a metric for one test, ``metric("tenancy.company_places", 40)``; returns what it was asked."""

    def register(code, value, *, unit="places", drill=None):
        asked = []

        def compute(cluster, on, scope):
            asked.append((cluster.code, on, list(scope)))
            return value(scope) if callable(value) else value

        registered.register_metric(registered.Metric(code, code, unit, compute, drill))
        return asked

    return register
