from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ledger import nightly
from ledger.settling import Machinery


class Command(BaseCommand):
    help = "Inspects the ledger's tables and its public folder; fails when any promise is broken."

    def handle(self, *args: Any, **options: Any) -> None:
        found = nightly.inspect(Machinery.installed())
        for problem in found:
            self.stderr.write(problem)
        if found:
            raise CommandError(f"{len(found)} problems in the ledger")
        self.stdout.write("The ledger is in order.")
