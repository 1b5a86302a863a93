"""Receipts for people: who gets which, and that decision pages and the own page lead to them."""

import io
import json
import zipfile

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now
from django.template import Context, Template
from django.test import Client, RequestFactory, override_settings

from ledger import browsing, policy, proof
from ledger.recording import append
from portal.accounts import panels
from portal.accounts.models import Membership
from tests.factories.people import NOW, company, person
from tests.ledger.harness import NOTED, Decision, settle

SIGNED_IN = "allauth.account.auth_backends.AuthenticationBackend"


class Row(Decision):
    """A decision about a company, by one of its people."""

    def __init__(self, organisation):
        super().__init__(1, key=f"organisation:{organisation.public_id}", name=organisation.name_ko)


@pytest.fixture
def told(tmp_path, committed_db):
    """A person, the company, and a published leaf about it in which the person acts as master."""
    place = {"PUBLIC_DIR": tmp_path / "public", "SIGNER_DIR": tmp_path / "signer", "POLICY_FILE": tmp_path / "policy"}
    with override_settings(LEDGER={**settings.LEDGER, **place}):
        master = person("김가온")
        ours = company(master, name="가온체인")
        with transaction.atomic():
            leaf = append(NOTED, row=Row(ours), by=master.acting_as("company.master"), data={})
        settle(tmp_path)
        yield master, ours, leaf, (tmp_path / "policy").read_text()


def browser(user):
    client = Client()
    client.force_login(user, backend=SIGNED_IN)
    return client


def test_receipts(told):
    master, ours, leaf, rules = told
    colleague, stranger = person("구성원"), person("다른 사람")
    Membership.objects.create(organisation=ours, user=colleague)
    archive = zipfile.ZipFile(io.BytesIO(browser(master).get(f"/ko/my/receipts/{leaf}/").content))
    proof.verify(archive.read("leaf.tlog-proof").decode(), archive.read("leaf.json"), policy.parse(rules))
    assert opened(archive) == {"actor.c": {"user": str(master.public_id)}, "subject.c": {"name": "가온체인"}}
    theirs = zipfile.ZipFile(io.BytesIO(browser(colleague).get(f"/ko/my/receipts/{leaf}/").content))
    assert opened(theirs) == {"subject.c": {"name": "가온체인"}}
    assert browser(stranger).get(f"/ko/my/receipts/{leaf}/").status_code == 404
    assert "/login/" in Client().get(f"/ko/my/receipts/{leaf}/")["Location"]
    lists(master, stranger, leaf)
    Membership.objects.filter(user=colleague).update(ended_at=Now())
    assert browser(colleague).get(f"/ko/my/receipts/{leaf}/").status_code == 404
    waiting(master, ours, leaf)
    decision_pages(master, ours, stranger, leaf)


def opened(archive):
    return {item["path"]: item["value"] for item in json.loads(archive.read("openings.json"))}


def lists(master, stranger, leaf):
    """The own list and the way to it; nothing for somebody whom the log does not know."""
    page = browser(master).get("/ko/my/receipts/").content.decode()
    assert f"/ko/my/receipts/{leaf}/" in page
    assert "아직 기록증명이 없습니다." in browser(stranger).get("/ko/my/receipts/", {"before": "x"}).content.decode()
    assert browser(master).get("/ko/my/receipts/", {"before": "1"}).status_code == 200
    assert panels.my_receipts(stranger, NOW) is None
    assert panels.my_receipts(master, NOW)["tasks"][0].href == "/ko/my/receipts/"
    keys = master.ledger_keys()
    assert [one.id for one in browsing.holding(keys, 100).leaves] == [str(leaf)]
    first = browsing.holding(keys, 1)
    assert (len(first.leaves), first.older) == (1, None)


def waiting(master, ours, leaf):
    """A leaf that no checkpoint covers yet has its page, not yet its receipt."""
    with transaction.atomic():
        fresh = append(NOTED, row=Row(ours), by=master.acting_as("company.master"), data={})
    answer = browser(master).get(f"/ko/my/receipts/{fresh}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/ko/log/leaf/{fresh}/")
    assert "확정을 기다리고 있습니다" in browser(master).get("/ko/my/receipts/").content.decode()
    first = browsing.holding(master.ledger_keys(), 1)
    assert [one.id for one in first.leaves] == [str(fresh)]
    assert browsing.holding(master.ledger_keys(), 1, before=first.older).leaves[0].id == str(leaf)
    told = browsing.told([("ledger_test_decision", "1")], master.ledger_keys())
    assert [(one.leaf.id, one.published, one.mine) for one in told] == [
        (str(leaf), True, True),
        (str(fresh), False, True),
    ]


def decision_pages(master, ours, stranger, leaf):
    """The section of a decision page: everybody sees the entries, those concerned their receipts, paper its QR code."""
    template = Template("{% load receipts %}{% receipts_of nothing row rows %}")

    def shown(user):
        request = RequestFactory().get("/")
        request.user = user
        with connection.execute_wrapper(counted := Counted()):
            text = template.render(
                Context({"request": request, "row": Row(ours), "rows": [Row(ours)], "nothing": None})
            )
        return text, counted.queries

    text, queries = shown(master)
    assert f"/ko/my/receipts/{leaf}/" in text
    assert f"/ko/log/leaf/{leaf}/" in text
    assert f'href="/log/leaf/{leaf}.tlog-proof"' in text
    assert 'class="qr"' in text
    assert text.count("증인 확인됨") == 1
    assert text.count("기록됨") == 1
    assert queries == 4
    text, _ = shown(stranger)
    assert f"/ko/log/leaf/{leaf}/" in text
    assert "/my/receipts/" not in text


class Counted:
    def __init__(self):
        self.queries = 0

    def __call__(self, execute, sql, params, many, context):
        self.queries += 1
        return execute(sql, params, many, context)
