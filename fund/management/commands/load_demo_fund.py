"""``manage.py load_demo_fund``: an invented programme with two sub-funds, for a demonstration."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from fund import demo
from portal.accounts.models import Cluster
from portal.core.clock import database_now


class Command(BaseCommand):
    help = "Make an invented fund programme with deals, values and a distribution (only with DEMO=1)."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("invented funds belong only into a demonstration: set DEMO=1")
        programme = demo.load(Cluster.objects.get(code="seoul"), database_now())
        self.stdout.write(f"{programme.code}: {programme.sub_funds.count()} sub-funds")
