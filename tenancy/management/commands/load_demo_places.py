"""``manage.py load_demo_places``: the plan's hubs with invented floors and a call open today, for a demonstration."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.core.clock import database_now
from portal.core.periods import SEOUL
from tenancy.rehearsal import present


class Command(BaseCommand):
    help = "Make the plan's hubs with invented floors and open a call for one of them (only with DEMO=1)."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("invented places belong only into a demonstration: set DEMO=1")
        call = present.load(database_now())
        self.stdout.write(f"{call} is open until {call.closes_at.astimezone(SEOUL):%Y-%m-%d %H:%M} in Seoul")
