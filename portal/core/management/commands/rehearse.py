"""``manage.py rehearse NAME``: play a rehearsal, print what happened, fail on any violation."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from portal.core import outbox, rehearsals


class Command(BaseCommand):
    help = "Play a stretch of the portal's life through the real services and check every rule at the end."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", choices=sorted(rehearsals.registered()))
        parser.add_argument("--as", dest="variant", help="which course of events; see docs/commands.md")

    def handle(self, *args: Any, name: str, variant: str | None, **options: Any) -> None:
        rehearsal = rehearsals.registered()[name]
        variant = variant or rehearsal.variants[0]
        if variant not in rehearsal.variants:
            raise CommandError(f"--as takes one of: {', '.join(rehearsal.variants)}")
        began = time.monotonic()
        # A rehearsal is no hurry to the worker, and there may be none.
        with outbox.unhurried():
            outcome = rehearsal.play(self._say, variant)
        for violation in outcome.violations:
            self.stderr.write(self.style.ERROR(f"violation: {violation}"))
        self._say(f"{name} ({variant}): {outcome.summary()} in {time.monotonic() - began:.1f} s")
        if outcome.violations:
            raise SystemExit(1)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
