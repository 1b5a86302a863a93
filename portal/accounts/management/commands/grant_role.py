"""``manage.py grant_role``: the first administrator of an installation has nobody to ask."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ledger import log
from portal.accounts.models import Cluster, User
from portal.accounts.roles import ADMIN, ROLES
from portal.accounts.services import grant_role
from portal.core.clock import database_now
from portal.core.errors import Refused


class Command(BaseCommand):
    help = "Give a registered person a role; the ledger names the system as the one who gave it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("role", nargs="?", default=ADMIN, choices=sorted(ROLES))
        parser.add_argument("--cluster", help="code of the cluster; without it the role holds everywhere")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = User.objects.get(email__iexact=options["email"])
            cluster = Cluster.objects.get(code=options["cluster"]) if options["cluster"] else None
            grant_role(by=log.SYSTEM, user=user, role=options["role"], cluster=cluster, now=database_now())
        except (User.DoesNotExist, Cluster.DoesNotExist, Refused) as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{user.email} is now {options['role']}")
