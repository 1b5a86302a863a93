from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ledger import succession
from ledger.settling import Machinery
from ledger.signer import SigningRefused


class Command(BaseCommand):
    help = (
        "After the log's key was stolen: begins a new log under the name that LEDGER_ORIGIN says now, with a new key. Its "
        "first leaf holds the last size and root of the former log, all of whose leaves follow. Stop the signer first."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--vkey", help="the key of a signer on another host, as its --succeed printed it")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = succession.succeed(Machinery.installed(), options["vkey"])
        except (succession.SuccessionRefused, SigningRefused) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{done.before.origin} ended with {done.before.size} leaves, root {done.before.root.hex()}.\n"
            f"Give the new policy and this key to witnesses and verifiers by another way than the portal:\n{done.vkey}"
        )
