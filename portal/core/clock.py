"""The one clock that decides: the database's."""

from datetime import datetime

from django.db import connection


def database_now() -> datetime:
    """The database's time at this instant, aware, in UTC. Doors (views, tasks, commands) read it once and pass it on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    instant: datetime = row[0]
    return instant
