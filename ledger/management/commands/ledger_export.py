from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_date

from ledger import browsing, handing
from ledger.people import SYSTEM

BASES = ("audit", "council", "court")


class Command(BaseCommand):
    help = (
        "Writes an archive for auditors: the public log, policy, rules, the values opened on a legal basis, a guide and "
        "the verifier. That it was made is recorded."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--basis", choices=BASES, required=True, help="the legal basis of opening sealed values")
        parser.add_argument("--reason", required=True, help="the letter or case that asks for it; kept sealed")
        parser.add_argument("--kind", default="", help="entries of this kind only, such as space or space.lease")
        parser.add_argument("--since", default="", help="first day (Seoul)")
        parser.add_argument("--until", default="", help="last day (Seoul)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["kind"] and not browsing.is_kind(options["kind"]):
            raise CommandError("no such kind")
        wanted = browsing.Wanted(options["kind"], "", _day(options["since"]), _day(options["until"]))
        try:
            with options["file"].open("xb") as target:
                made = handing.hand_over(
                    target, wanted=wanted, basis=options["basis"], reason=options["reason"], by=SYSTEM
                )
        except (OSError, handing.TooMuch, handing.NothingPublished) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{made.entries} entries, {made.opened} values opened; recorded as {made.leaf}")


def _day(text: str) -> Any:
    if text and parse_date(text) is None:
        raise CommandError(f"not a day: {text}")
    return parse_date(text) if text else None
