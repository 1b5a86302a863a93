"""The verifier in a real browser: a true receipt is accepted, a flipped byte and a wrong key are refused; pages are whole."""

import io
import zipfile

import pytest
from django.conf import settings
from django.test import override_settings

from ledger import documents, log, note
from tests.ledger.harness import settle, write
from tests.shell.conftest import browser_type_launch_args, portal_url, visit

__all__ = ["browser_type_launch_args", "portal_url", "visit"]
pytestmark = pytest.mark.journey


class Party:
    def ledger_keys(self):
        return {"organisation:1"}


@pytest.fixture
def published(tmp_path, portal_url):
    with override_settings(
        LEDGER={
            **settings.LEDGER,
            "PUBLIC_DIR": tmp_path / "public",
            "SIGNER_DIR": tmp_path / "signer",
            "POLICY_FILE": tmp_path / "policy",
        }
    ):
        ids = write(300)
        documents.publish(tmp_path / "public")
        settle(tmp_path)
        yield tmp_path, ids


def verdict(visitor, *, receipt=None, policy=None):
    """Opens files in the form, presses the button, answers the kind of the verdict."""
    page = visitor.page
    if receipt:
        page.set_input_files("#receipt", receipt)
    if policy:
        page.set_input_files("#policy", policy)
    page.locator("[data-verifier] form button").click()
    page.wait_for_selector("[data-verdict]:not([data-verdict=info])")
    return page.locator("[data-verdict]").get_attribute("data-verdict")


def test_receipts_in_the_browser(published, visit):
    folder, ids = published
    true = folder / "receipt.zip"
    true.write_bytes(log.receipt(ids[7], Party()))
    flipped = folder / "flipped.zip"
    flipped.write_bytes(spoiled(true.read_bytes()))
    other = folder / "other"
    other.write_text(f"log {note.vkey(settings.LEDGER['ORIGIN'], bytes(range(32)))}\nquorum none\n")
    visitor = visit(width=360, language="en")
    visitor.go("/{lang}/log/verify/")
    assert verdict(visitor, receipt=true) == "success"
    visitor.sees("Confirmed", "trial.note.written/1", "subject.c", "새싹")
    visitor.check()
    assert verdict(visitor, receipt=flipped) == "danger"
    assert verdict(visitor, receipt=true, policy=other) == "danger"
    assert verdict(visitor, receipt=other) == "warning"
    visitor.go(f"/{{lang}}/log/leaf/{ids[299]}/")
    assert verdict(visitor) == "success"
    pages_are_whole(visit, ids)


def spoiled(data):
    """The same zip with one letter of the leaf changed."""
    old, new = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(new, "w") as archive:
        for name in old.namelist():
            content = old.read(name)
            archive.writestr(
                name, content.replace(b"space.approver", b"space.approveR") if name == "leaf.json" else content
            )
    return new.getvalue()


def pages_are_whole(visit, ids):
    """Accessible, in both languages, at both widths; without JavaScript the way out is told."""
    for width, language in ((360, "ko"), (1280, "en")):
        visitor = visit(width=width, language=language)
        for path in ("/{lang}/log/", "/{lang}/log/?kind=space", "/{lang}/log/verify/", f"/{{lang}}/log/leaf/{ids[7]}/"):
            visitor.go(path)
            visitor.check()
    plain = visit(javascript=False, language="en")
    plain.go("/{lang}/log/verify/")
    plain.sees("Without it, the command below checks the same.", "python -m ledger.verify proof")
    assert not plain.page.locator("[data-verifier] form").is_visible()
