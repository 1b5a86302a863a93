"""Somebody looks for a thing by what comes to mind: half a word, first consonants, and a word that nothing has."""

from __future__ import annotations

import os

import pytest

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("site")]


@pytest.fixture
def _filled(at_site) -> None:
    """The index as the clock fills it within a minute."""
    from portal.core.clock import database_now
    from portal.search import services

    services.refresh(now=database_now())


@pytest.mark.usefixtures("_filled")
@pytest.mark.parametrize(("width", "language"), [(1280, "ko"), (360, "ko"), (1280, "en"), (360, "en")])
def test_a_visitor_finds_calls_by_two_syllables(visit, width, language):
    visitor = visit(width=width, language=language)
    visitor.go("/{lang}/copyright/")
    if width >= 1024:
        visitor.page.locator("header input[name=q]").fill("입주")
        visitor.page.locator("header input[name=q]").press("Enter")
    else:
        visitor.follow(visitor.page.locator("header .find-link"))
        visitor.page.locator("main input[name=q]").fill("입주")
        visitor.page.locator("main input[name=q]").press("Enter")
    visitor.page.wait_for_url("**/search/**q=**")
    visitor.check()
    assert visitor.page.locator("main mark").count()
    _look(visitor, f"found-{width}-{language}")
    visitor.go("/{lang}/search/?q=zzyzx")
    visitor.check()
    assert visitor.page.locator("main .empty").count() == 1
    _look(visitor, f"empty-{width}-{language}")


def _look(visitor, name):
    if folder := os.environ.get("LOOK"):
        visitor.page.screenshot(path=f"{folder}/{name}.png", full_page=True)
