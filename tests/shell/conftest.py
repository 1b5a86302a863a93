"""A browser on the portal served from this process: enough for screens, without worker and signer."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tests.journeys.browser import Visitor, watch
from tests.journeys.conftest import browser_type_launch_args

__all__ = ["browser_type_launch_args"]


@pytest.fixture
def portal_url(committed_db: str) -> Iterator[str]:
    """The portal with its first pages, in a database of its own."""
    call_command("load_pages", stdout=StringIO())
    server = LiveServer("127.0.0.1")
    yield server.url
    server.stop()


@pytest.fixture
def visit(portal_url: str, browser: Browser) -> Iterator[object]:
    """``visit(width=1280, language="ko", javascript=True)``; complaints of the console and foreign requests fail the test."""
    visitors: list[Visitor] = []

    def open_as(*, width: int = 1280, language: str = "ko", javascript: bool = True, **options: object) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=javascript, base_url=portal_url, **options
        )
        page = context.new_page()
        visitors.append(Visitor(page, language, watch(page, portal_url)))
        return visitors[-1]

    yield open_as
    for visitor in visitors:
        visitor.page.context.close()
    assert [complaint for visitor in visitors for complaint in visitor.complaints] == []
