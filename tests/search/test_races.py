"""Two refreshes at the same moment, each on a connection of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from portal.core.clock import database_now
from portal.search import services
from portal.search.models import Found
from tests.search.conftest import Shelf


@pytest.mark.usefixtures("committed_db")
def test_two_refreshes_at_once_put_a_thing_in_once(shelf: Shelf) -> None:
    for number in range(200):
        shelf.put(str(number), f"물건 {number}")
    now = database_now()
    ready = Barrier(4)

    def refresh(_: int) -> int:
        try:
            ready.wait(timeout=10)
            return services.refresh(now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(refresh, range(4))) == [0, 0, 0, 200]
    assert Found.objects.count() == 200
