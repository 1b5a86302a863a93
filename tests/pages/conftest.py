"""The public site with its first pages."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import translation


@pytest.fixture(autouse=True)
def _korean() -> Iterator[None]:
    """Every test begins in Korean, whatever language the last request of the one before was in."""
    with translation.override("ko"):
        yield


@pytest.fixture
def pages(db: None) -> None:
    """The home pages in Korean and English."""
    call_command("load_pages", stdout=StringIO())
