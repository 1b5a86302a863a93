"""Uploads meet a real clamd from Debian's package, which knows one signature: our own."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from shutil import which

import pytest
from django.core.files.base import ContentFile

from portal.core import outbox
from portal.core.errors import NotAllowed
from portal.intake import queries, rules, services
from portal.intake.models import Application, Attachment, SupplementRequest
from portal.intake.services.scanning import scan
from portal.notices.models import Notice
from tests.factories import intake as factory
from tests.factories.intake import CLOSES, OPENS

pytestmark = pytest.mark.django_db
BAD = b"madang-signature-of-our-own"
PDF = b"%PDF-1.7\n"


@pytest.fixture(scope="module")
def clamd(tmp_path_factory):
    """The address of a clamd on a socket of its own."""
    folder = tmp_path_factory.mktemp("clamd")
    (folder / "db").mkdir()
    (folder / "db" / "own.ndb").write_text(f"Madang.Test.Own:0:*:{BAD.hex()}\n")
    lines = (
        f"LocalSocket {folder}/socket",
        f"DatabaseDirectory {folder}/db",
        f"LogFile {folder}/log",
        "Foreground yes",
    )
    # Started as root it would change to a user of the package that cannot read the folder.
    root = ("User root",) if os.geteuid() == 0 else ()
    (folder / "conf").write_text("\n".join([*lines, *root, ""]))
    program = which("clamd") or "/usr/sbin/clamd"
    process = subprocess.Popen(
        [program, "-c", str(folder / "conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(300):
            assert process.poll() is None, (folder / "log").read_text()
            with socket.socket(socket.AF_UNIX) as probe:
                if probe.connect_ex(f"{folder}/socket") == 0:
                    break
            time.sleep(0.1)
        yield f"unix:{folder}/socket"
    finally:
        process.terminate()
        process.wait(30)


def test_infected_file_is_shut_and_what_was_sent_becomes_a_supplement(clamd, settings):
    settings.CLAMD_ADDRESS = clamd
    assert (scan([PDF], clamd), scan([PDF, BAD], clamd)) == ("", "Madang.Test.Own.UNOFFICIAL")
    trial = factory.open_round()
    application, master = trial.draft(), trial.masters[0]

    def attach(content):
        upload = ContentFile(PDF + content, name="plan.pdf")
        return services.attach_file(application=application, block="deck", name="plan.pdf", content=upload, by=master, now=OPENS)  # fmt: skip

    clean, bad = attach(b"plan"), attach(BAD)
    assert {clean.scan, bad.scan} == {"WAITING"}
    services.submit(application=application, key="k", by=master, now=OPENS)
    services.close_call(call=trial.call, by=trial.officer, now=CLOSES)
    for _ in range(2):
        outbox.drain()
    assert list(Attachment.objects.order_by("pk").values_list("scan", flat=True)) == ["CLEAN", "INFECTED"]
    fresh = Application.objects.get(pk=application.pk)
    request = SupplementRequest.objects.get()
    assert (fresh.status, request.blocks, request.asked_by) == ("SUPPLEMENT", ["deck"], None)
    assert [one.pk for one in queries.files_of(fresh)["deck"]] == [clean.pk]
    with pytest.raises(NotAllowed):
        rules.check_can_open_attachment(master, Attachment.objects.get(pk=bad.pk))
    assert Notice.objects.filter(user=master, topic="intake.file_infected").count() == 1


def test_scanner_that_is_away_is_asked_again(settings):
    settings.CLAMD_ADDRESS = "127.0.0.1:9"
    trial = factory.open_round()
    upload = ContentFile(PDF, name="plan.pdf")
    services.attach_file(application=trial.draft(), block="deck", name="plan.pdf", content=upload, by=trial.masters[0], now=OPENS)  # fmt: skip
    outbox.drain()
    assert Attachment.objects.get().scan == "WAITING"
    with pytest.raises(OSError):
        scan([PDF], settings.CLAMD_ADDRESS)
