from typing import Any

from django.core.management.base import BaseCommand

from ledger import documents, genesis, openings
from ledger.settling import Machinery


class Command(BaseCommand):
    help = "Makes what the ledger of this machine lacks: keys, policy, first leaf. Running it again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        machinery = Machinery.installed()
        machinery.prepare()
        openings.ensure_kek()
        begun = genesis.begin()
        documents.publish(machinery.public)
        self.stdout.write("The ledger is ready" + (", its first leaf is written." if begun else "."))
