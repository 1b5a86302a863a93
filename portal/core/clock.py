"""The one clock that decides: the database's."""

import time
from datetime import datetime, timedelta

from django.db import connection
from django.http import HttpRequest

#: Seconds of ``time.monotonic()`` in a request's environ, set by the web server's worker; absent where it could not tell.
ARRIVED = "portal.arrived"


def database_now() -> datetime:
    """The database's time at this instant, aware, in UTC. Doors (views, tasks, commands) read it once and pass it on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    instant: datetime = row[0]
    return instant


def arrived_at(request: HttpRequest) -> datetime:
    """The database's time when the request had arrived whole: what counts at a bell.

    The server's worker notes how long it has waited since, in seconds of a clock that never jumps; where it could not tell,
    now counts. Never earlier than the arrival.
    """
    arrived = request.META.get(ARRIVED)
    waited = timedelta() if arrived is None else timedelta(seconds=time.monotonic() - arrived)
    return database_now() - waited
