"""``manage.py load_demo_people``: one person for each role, for a demonstration. Running it again changes nothing."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.accounts import demo
from portal.core.clock import database_now


class Command(BaseCommand):
    help = "Make the demonstration people, their roles and companies (only with DEMO=1)."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("demonstration people belong only into a demonstration: set DEMO=1")
        people = demo.load(now=database_now())
        self.stdout.write(f"{len(people)} demonstration people are there")
