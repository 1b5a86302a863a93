"""``manage.py describe_states``: writes ``docs/states.md`` from the rooms' workflows."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from portal.core.workflows import describe


class Command(BaseCommand):
    help = "Write docs/states.md: a diagram of every kind of case, from the rooms' workflows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--print", action="store_true", help="to the screen instead of the file")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["print"]:
            self.stdout.write(describe(), ending="")
            return
        target = Path(settings.BASE_DIR) / "docs" / "states.md"
        target.write_text(describe(), encoding="utf-8")
        self.stdout.write(f"{target.relative_to(settings.BASE_DIR)} written")
