import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ledger.settling import Machinery


class Command(BaseCommand):
    help = "The worker's part of the ledger without a broker: gives leaves their places and publishes what is signed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="one round instead of one every second")
        parser.add_argument("--settle", action="store_true", help="sign in this process too and finish everything")

    def handle(self, *args: Any, **options: Any) -> None:
        machinery = Machinery.installed()
        if options["settle"]:
            self.stdout.write(f"{machinery.settle().size} leaves are published.")
            return
        machinery.tick()
        while not options["once"]:
            time.sleep(1)
            machinery.tick()
