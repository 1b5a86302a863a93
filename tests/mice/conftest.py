"""The tour's people, a session of theirs, and the clock of its pages."""

import pytest


@pytest.fixture
def at(monkeypatch):
    """Set the clock of the pages."""
    from tests.factories.tour import NOW

    def stand(now):
        for module in ("tours", "tour_day", "tour_desk", "tour_feeds", "tour_groups"):
            monkeypatch.setattr(f"portal.mice.views.{module}.database_now", lambda: now)
        for module in ("tours", "tour_groups"):
            monkeypatch.setattr(f"portal.mice.views.{module}.arrived_at", lambda _: now)

    stand(NOW)
    return stand


@pytest.fixture
def people(db):
    from tests.factories.people import cluster, person, with_role

    seoul = cluster("seoul")
    return {
        "anonymous": None,
        "stranger": person(),
        "elsewhere": with_role("event.officer", cluster=cluster("incheon")),
        "guide": person(),
        "officer": with_role("event.officer", cluster=seoul),
    }


@pytest.fixture
def session(at, people):
    from tests.mice.doors import publish

    return publish(people)
