"""Browsers and a running portal for journeys."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests import databases
from tests.conftest import point_at, worker_name
from tests.journeys.browser import Visitor, watch
from tests.journeys.site import Site, running


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """Debian's Chromium, quiet: without these flags it calls home, and the tests have no network."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert found, "no Chromium on this machine: run `make test`, which installs one"
    quiet = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    quiet += ["--disable-component-update", "--disable-sync"]
    return {"executable_path": found, "args": [*quiet, *(["--no-sandbox"] if os.geteuid() == 0 else [])]}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The portal as a newcomer finds it after ``make run``, with its demonstration data."""
    url, source = os.environ["TEST_DATABASE_URL"], os.environ["TEST_TEMPLATE"]
    name = f"{worker_name()}_site"
    var: Path = tmp_path_factory.mktemp("var")
    with databases.clone(url, source, name) as database_url, running(database_url, var) as started:
        yield started


@pytest.fixture
def at_site(site: Site, django_db_blocker: pytest.FixtureRequest, settings: pytest.FixtureRequest) -> Iterator[None]:
    """Services called by the test act on the running portal's database, with its keys."""
    from django.db import connection

    before = dict(connection.settings_dict)
    settings.LEDGER = {**settings.LEDGER, "KEK_FILE": site.var / "ledger" / "kek"}  # type: ignore[attr-defined]
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        point_at(site.database_url)
        yield
        connection.close()
        connection.settings_dict.update(before)


def pane(browser: Browser, home: str, width: int) -> Page:
    """A page at the portal's own address, so that what is put into it finds its styles, but none of its scripts."""
    context = browser.new_context(viewport={"width": width, "height": 900}, base_url=home)
    context.route("**/*.js", lambda route: route.abort())
    page = context.new_page()
    page.goto("/health/")
    return page


@pytest.fixture
def visit(site: Site, browser: Browser) -> Iterator[object]:
    """``visit(width=1280, language="ko", javascript=True)`` opens a fresh browser as one more visitor.

    What the visitor's console complains about, and every request to another host, fails the test.
    """
    visitors: list[Visitor] = []

    def open_as(*, width: int = 1280, language: str = "ko", javascript: bool = True) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            locale="ko-KR" if language == "ko" else "en-GB",
            java_script_enabled=javascript,
            base_url=site.url,
        )
        page: Page = context.new_page()
        glass = None if javascript else pane(browser, site.url, width)
        visitors.append(Visitor(page, language, watch(page, site.url), glass=glass))
        return visitors[-1]

    yield open_as
    for visitor in visitors:
        visitor.page.context.close()
        if visitor.glass is not None:
            visitor.glass.context.close()
    complaints = [complaint for visitor in visitors for complaint in visitor.complaints]
    assert complaints == []
