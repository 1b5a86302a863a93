from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ledger import openings, rotation
from ledger.settling import Machinery, database_now
from ledger.signer import SigningRefused, newest_vkey

STEPS = ("begin", "retire", "kek", "kek-finish")


class Command(BaseCommand):
    help = (
        "Changes a key. begin: a new key of the log signs beside the present one; retire: thirty days later the old one "
        "goes; kek: every person's key is wrapped under a new key-encryption key; kek-finish: the one before is destroyed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("step", choices=STEPS)
        parser.add_argument("--vkey", help="begin: the key of a signer on another host, as its --next printed it")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            said = _STEPS[options["step"]](options["vkey"])
        except (rotation.RotationRefused, openings.KeyUnavailable, SigningRefused) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(said)


def _begin(vkey: str | None) -> str:
    machinery = Machinery.installed()
    if vkey is None:
        machinery.signer_folder.begin_rotation()
        vkey = newest_vkey(machinery.signer_folder, machinery.origin)
    rotation.begin(machinery, vkey)
    return f"Both keys sign from now on. Give the new policy and this key to witnesses and verifiers:\n{vkey}"


def _retire(_: str | None) -> str:
    machinery = Machinery.installed()
    stays = rotation.retire(machinery, database_now())
    if machinery.signer_folder.is_initialised():
        machinery.signer_folder.retire()
        return f"The old key is forgotten. The log signs with\n{stays}"
    return f"The policy names only the new key. On the signer's host: python -m ledger.signer --retire\n{stays}"


def _kek(_: str | None) -> str:
    return f"{rotation.rotate_kek()} keys are wrapped under the new key. Back it up, then run kek-finish."


def _kek_finish(_: str | None) -> str:
    rotation.rewrap()
    return "The key before is destroyed." if openings.drop_previous_kek() else "There was no key before."


_STEPS = {"begin": _begin, "retire": _retire, "kek": _kek, "kek-finish": _kek_finish}
