"""``manage.py intake_recount FILE``: repeats every ranking and selection of an audit file, without a database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.intake import recount


class Command(BaseCommand):
    help = "Repeats every ranking and selection of an audit file and checks that no file in it changed."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(recount.problems(options["file"]))
        for problem in found:
            self.stderr.write(problem)
        if found:
            raise CommandError(f"{len(found)} problems")
        runs, decisions = recount.counted(options["file"])
        self.stdout.write(f"ok: {runs} runs and {decisions} decisions come out the same")
