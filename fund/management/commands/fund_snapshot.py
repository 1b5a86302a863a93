"""``manage.py fund_snapshot --verify ID``: count frozen figures again from the books and compare byte by byte."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from fund import queries
from fund.models import Snapshot


class Command(BaseCommand):
    help = "Rebuild frozen figures of the fund from the postings and compare them byte by byte."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--verify", nargs="+", metavar="ID", required=True, help="public ids of snapshots, or: all")

    def handle(self, *args: Any, verify: list[str], **options: Any) -> None:
        differ = []
        for row in self._wanted(verify):
            same = queries.snapshots.rebuilt(row) == row.body
            self.stdout.write(f"{row.number} {row.as_of_date} {row.digest} {'same' if same else 'DIFFERENT'}")
            if not same:
                differ.append(str(row.number))
        if differ:
            raise CommandError(f"the books no longer say what these snapshots say: {', '.join(differ)}")

    def _wanted(self, asked: list[str]) -> list[Snapshot]:
        rows = Snapshot.objects.select_related("programme").order_by("programme", "number")
        if asked == ["all"]:
            return list(rows)
        try:
            found = list(rows.filter(public_id__in=[UUID(one) for one in asked]))
        except ValueError as error:
            raise CommandError(str(error)) from None
        if len(found) != len(set(asked)):
            raise CommandError("no snapshot of that id")
        return found
