from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ledger import incidents, reading
from ledger.reading import Status


class Command(BaseCommand):
    help = "Says how the log is: sizes, lag, witnesses, alarm. Fails when it is not well. --resume ends an alarm."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--resume",
            choices=incidents.CAUSES,
            help="what a person found to be the cause; recorded, and the log goes on",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["resume"]:
            said = incidents.resume(options["resume"])
            self.stdout.write(f"recorded, and the log goes on: {said}" if said else "there was no alarm")
            return
        status = reading.status()
        self.stdout.write("\n".join(_lines(status)))
        if status.degraded:
            raise CommandError("the log is not well")


def _lines(status: Status) -> list[str]:
    head = [
        f"leaves     {status.size + status.pending}, of these {status.waiting} wait, the oldest for {_seconds(status.lag)}",
        f"published  {status.published_size} leaves at {status.published_at or '-'}, signed {status.signed_size}",
        f"cosigned   {_seconds(status.age) + ' ago' if status.age is not None else 'never'}",
        f"alarm      {status.alarm or 'none'}",
    ]
    return head + [
        f"witness    {found.name}: {found.size} leaves at {found.at or '-'}{f'; {found.complaint}' if found.complaint else ''}"
        for found in status.cosigners
    ]


def _seconds(span: Any) -> str:
    return f"{span.total_seconds():.0f} s"
