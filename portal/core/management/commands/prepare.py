"""``manage.py prepare``: bring the database up to date and load what an installation starts with."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, call_command
from django.db import connection

from portal.core import outbox

ROOMS = ("portal", "tenancy", "fund", "college", "ledger")
KINDS = {".py", ".sql", ".yaml"}


class Command(BaseCommand):
    help = "Migrate, load plans and pages; in a demonstration also the people and the round of 2019, the first time."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        mark = settings.VAR_DIR / "prepared"
        state = fingerprint()
        if mark.exists() and mark.read_text() == state:
            return
        with outbox.unhurried():
            self._load(mark)
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.write_text(state)

    def _load(self, mark: Path) -> None:
        call_command("migrate", verbosity=0)
        for name, *arguments in settings.PREPARE:
            call_command(name, *arguments, verbosity=0)
        if settings.DEMO and not _played_before(mark):
            for name, *arguments in settings.PREPARE_DEMO:
                self.stdout.write(f"first run: {' '.join([name, *arguments])} …")
                self.stdout.flush()
                call_command(name, *arguments)


def fingerprint() -> str:
    """Which database this is, and which state of the code and its data prepared it."""
    digest = hashlib.sha256((settings.BASE_DIR / "requirements.lock").read_bytes())
    for room in ROOMS:
        for path in sorted((settings.BASE_DIR / room).rglob("*")):
            if path.suffix in KINDS:
                found = path.stat()
                digest.update(f"{path}:{found.st_size}:{found.st_mtime_ns}\n".encode())
    return f"{_database()} {digest.hexdigest()}"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT system_identifier || '/' || current_database() FROM pg_control_system()")
        return str(cursor.fetchone()[0])


def _played_before(mark: Path) -> bool:
    """A demonstration is played once for each database."""
    return mark.exists() and mark.read_text().split(" ")[0] == _database()
