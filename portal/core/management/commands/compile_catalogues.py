"""``manage.py compile_catalogues``: turns each room's ``.po`` into the ``.mo`` that Django reads; needs no gettext."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand

from portal.core.rooms import is_ours, our_apps


class Command(BaseCommand):
    help = "Compile our translation catalogues (.po to .mo); skips those that are up to date."
    # A catalogue must compile before checks that import translated code have to pass.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        done = [path for path in catalogues() if compile_one(path)]
        if options["verbosity"]:
            self.stdout.write(f"{len(done)} catalogues compiled, {len(catalogues()) - len(done)} were up to date")


def catalogues() -> list[Path]:
    """Our own ``.po`` files: the building's and each room's; those of libraries come compiled."""
    rooms = {Path(config.path) / "locale" for config in our_apps()}
    shared = {Path(folder) for folder in settings.LOCALE_PATHS if is_ours(Path(folder))}
    return sorted(path for folder in rooms | shared for path in folder.glob("*/LC_MESSAGES/*.po"))


def compile_one(source: Path) -> bool:
    """Write the ``.mo`` next to ``source`` when it is missing or older; True when it was written.

    The new file replaces the old one in one step, so that a running server never reads half a catalogue.
    """
    target = source.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
        return False
    half = target.with_suffix(".mo.new")
    polib.pofile(str(source)).save_as_mofile(str(half))
    half.replace(target)
    return True
