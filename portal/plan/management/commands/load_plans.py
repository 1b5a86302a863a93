"""``manage.py load_plans``: publishes the plans in ``CLUSTER_PLANS``; run again it changes nothing."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ledger import log
from portal.plan import announcement, services


class Command(BaseCommand):
    help = "Publish the cities' plans from their files; a file that has changed becomes a new version."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", default=str(settings.CLUSTER_PLANS), help="folder of *.yaml files")

    def handle(self, *args: Any, **options: Any) -> None:
        files = sorted(Path(options["folder"]).glob("*.yaml"), reverse=True)
        if not files:
            raise CommandError(f"no plan in {options['folder']}")
        for file in files:
            self.stdout.write(self._load(file))

    def _load(self, file: Path) -> str:
        try:
            announced = announcement.read(file.read_bytes())
        except announcement.Unreadable as error:
            raise CommandError(f"{file.name}: {error}") from error
        version = services.publish_plan(by=log.SYSTEM, announcement=announced)
        return (
            f"{announced.code}: unchanged"
            if version is None
            else f"{announced.code}: version {version.number} published"
        )
