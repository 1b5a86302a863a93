"""Each room's public things are found, in both languages; drafts and the unlisted are not."""

from __future__ import annotations

import pytest

from portal.core.clock import database_now
from portal.search import registry, services
from portal.search.models import Found
from tests.factories import college
from tests.factories import intake as factory

pytestmark = pytest.mark.django_db


def entries(code: str) -> list[registry.Entry]:
    source = next(one for one in registry.sources() if one.code == code)
    every = list(source.entries(database_now(), None))
    # What is asked for by its key is the same that the index was filled from.
    assert list(source.entries(database_now(), [entry.key for entry in every])) == every
    assert not list(source.entries(database_now(), []))
    return every


def test_every_source_answers_on_an_empty_house() -> None:
    assert [one.code for one in registry.sources()] == [
        "calls", "runs", "events", "tours", "hubs", "companies", "fund", "plan", "pages",
    ]  # fmt: skip
    assert services.refresh(now=database_now()) == Found.objects.count()


def test_a_published_call_is_found_and_leads_to_its_page() -> None:
    trial = factory.open_round()
    (entry,) = entries("calls")
    assert entry.key == trial.call.code
    assert entry.href == f"/ko/calls/{trial.call.code}/"


def test_a_draft_of_a_run_is_not_found() -> None:
    college.college(publish=False)
    assert entries("runs") == []


def test_published_runs_are_found_in_both_languages() -> None:
    run = college.college().run
    (entry,) = entries("runs")
    assert entry.key == run.code
    assert run.course.title_ko in entry.title_ko
    assert entry.title_en
