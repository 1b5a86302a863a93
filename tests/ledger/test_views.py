"""The public log over HTTP: exact bytes, right headers, pages that people can read."""

import base64
import io
import json
import uuid
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client, override_settings

from ledger import log, merkle, note, policy, proof
from ledger.board import Board
from ledger.signer import SignerFolder
from tests.ledger import harness
from tests.ledger.harness import settle, write

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def published(tmp_path):
    """A published log of 300 leaves, and one more that waits."""
    ids = write(300)
    with override_settings(
        LEDGER={
            **settings.LEDGER,
            "PUBLIC_DIR": tmp_path / "public",
            "SIGNER_DIR": tmp_path / "signer",
            "WITNESS_DIR": tmp_path / "witness",
            "STATE_DIR": tmp_path / "state",
            "POLICY_FILE": tmp_path / "policy",
        }
    ):
        settle(tmp_path)
        yield ids, write(1, start=900)[0]


def get(path, **query):
    return Client().get(path, query)


def test_files_for_machines(published, tmp_path):
    for path, name, kind, cache in [
        ("/log/checkpoint", "checkpoint", "text/plain; charset=utf-8", "no-cache"),
        ("/log/policy", "policy", "text/plain; charset=utf-8", "no-cache"),
        ("/log/tile/0/000", "tile/0/000", "application/octet-stream", "public, max-age=31536000, immutable"),
        ("/log/tile/entries/001.p/44", "tile/entries/001.p/44", "application/octet-stream", None),
    ]:
        answer = get(path)
        assert answer.status_code == 200
        assert answer.content == (tmp_path / "public" / name).read_bytes()
        assert answer["Content-Type"] == kind
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert cache in (None, answer["Cache-Control"])
        assert not answer.cookies


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/999",
        "tile/0/0",
        "tile/0/000.p/300",
        "tile/../checkpoint",
        "tile/entries/../../../policy",
    ],
)
def test_what_is_not_there_is_not_found(published, path):
    answer = get(f"/log/{path}")
    assert (answer.status_code, answer.content) == (404, b"not found\n")
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_only_reading_is_allowed(published):
    assert Client().post("/log/checkpoint").status_code == 405


def test_a_leaf_and_its_proof_verify_offline(published, tmp_path):
    ids, waiting = published
    leaf, text = get(f"/log/leaf/{ids[7]}"), get(f"/log/leaf/{ids[7]}.tlog-proof")
    assert leaf["Cache-Control"] == "public, max-age=31536000, immutable"
    assert text["Cache-Control"] == "no-cache"
    rules = policy.parse((tmp_path / "policy").read_text())
    assert proof.verify(text.content.decode(), leaf.content, rules).size == 300
    assert get(f"/log/leaf/{waiting}").status_code == 200
    assert get(f"/log/leaf/{waiting}.tlog-proof").status_code == 404
    assert get(f"/log/leaf/{uuid.uuid4()}").status_code == 404
    with pytest.raises(log.NotYetWitnessed):
        log.prove(waiting)


def test_consistency_proofs_verify(published, tmp_path):
    lines = get("/log/consistency", **{"from": 270, "to": 300}).content.decode().splitlines()
    path = [base64.b64decode(line) for line in lines]
    hashes = [bytes(item) for (item,) in harness.sql("SELECT leaf_hash FROM ledger_entry ORDER BY idx")]
    merkle.verify_consistency(270, 300, merkle.root(hashes[:270]), merkle.root(hashes[:300]), path)
    for query in ({"from": 0, "to": 5}, {"from": 9, "to": 5}, {"from": 5, "to": 301}, {"from": "x", "to": 5}, {}):
        assert get("/log/consistency", **query).status_code == 400


def test_keys(published, tmp_path):
    (known,) = json.loads(get("/log/keys").content)
    assert note.verify((tmp_path / "public/checkpoint").read_text(), [known["vkey"]]).signers
    assert known["not_before"].startswith("20")
    assert known["retired_at"] is None


@pytest.mark.parametrize(
    ("language", "heading", "more"), [("ko", "감사원장", "이전 기록 보기"), ("en", "Audit ledger", "Older entries")]
)
def test_the_page_shows_health_and_the_newest_leaves(published, language, heading, more):
    ids, waiting = published
    page = get(f"/{language}/log/").content.decode()
    assert f"<h1>{heading}</h1>" in page
    assert more in page
    assert page.count('class="number" datetime=') == 25
    assert str(ids[-1]) in page
    assert str(waiting) not in page
    older = get(f"/{language}/log/", before=5).content.decode()
    assert older.count('class="number" datetime=') == 5
    assert more not in older


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_page_of_a_leaf(published, language):
    ids, waiting = published
    page = get(f"/{language}/log/leaf/{ids[7]}/").content.decode()
    assert f"/log/leaf/{ids[7]}.tlog-proof" in page
    assert "space.approver" in page
    assert "새싹" not in page
    assert get(f"/{language}/log/leaf/{waiting}/").status_code == 200
    assert get(f"/{language}/log/leaf/{uuid.uuid4()}/").status_code == 404


def test_health(published):
    found = log.status()
    assert (found.size, found.pending, found.signed_size, found.published_size) == (300, 1, 300, 300)
    assert (found.waiting, found.degraded, found.witnesses, found.independent) == (1, False, 1, 0)
    assert timedelta(0) <= found.lag < timedelta(seconds=60)
    assert timedelta(0) <= found.age < timedelta(minutes=5)
    (local,) = found.cosigners
    assert (local.name, local.size, local.complaint, local.local) == ("local", 300, None, True)
    later = replace(found, now=found.now + timedelta(minutes=16))
    assert (later.stale, later.degraded) == (True, True)
    assert replace(found, now=found.now + timedelta(seconds=61)).degraded


def test_the_last_inspection_shows_everywhere(published):
    """In words on the page, as figures for machines; what it found is an alarm."""
    assert "아직 없음(매일 밤" in get("/ko/log/").content.decode()
    for problems, alarm in ((0, False), (2, True)):
        harness.sql("SET ROLE ledger_sequencer")
        harness.sql(
            "INSERT INTO ledger_inspection (size, problems, first) VALUES (300, %s, %s)", problems, "I4" * alarm
        )
        harness.sql("RESET ROLE")
        answer, page = get("/log/health"), get("/en/log/").content.decode()
        body = json.loads(answer.content)
        assert (body["inspection_problems"], body["state"] == "alarm", answer.status_code == 503) == (
            problems,
            alarm,
            alarm,
        )
        assert body["inspected_at"] is not None
        assert f"ledger_inspection_problems {problems}\n" in get("/log/metrics").content.decode()
        assert ("Nothing found" in page, "2 faults" in page) == (not alarm, alarm)
        assert json.loads(get("/health/").content)["ledger"] == ("alarm" if alarm else "ok")


def test_an_alarm_shows(published, tmp_path):
    Board(tmp_path / "state").sound("a witness saw more", log.status().now)
    found = log.status()
    assert found.degraded
    assert "a witness saw more" in found.alarm
    with pytest.raises(CommandError, match="not well"):
        call_command("ledger_status")
    page = get("/en/log/").content.decode()
    assert "The log stands still" in page
    call_command("ledger_status", resume="order", verbosity=0)
    assert log.status().alarm is None
    (leaf,) = harness.sql("SELECT leaf FROM ledger_record ORDER BY id DESC LIMIT 1")
    assert json.loads(bytes(leaf[0]))["data"] == {"cause": "order", "size": 300}
    SignerFolder(tmp_path / "signer").complain("rollback: 5 leaves were signed")
    assert "rollback" in log.status().alarm


def test_a_receipt_holds_what_its_reader_may_see(published, tmp_path):
    ids, _ = published

    class Party:
        def ledger_keys(self):
            return {"organisation:1"}

    class Stranger:
        def ledger_keys(self):
            return set()

    archive = zipfile.ZipFile(io.BytesIO(log.receipt(ids[7], Party())))
    assert sorted(archive.namelist()) == ["leaf.json", "leaf.tlog-proof", "openings.json", "policy"]
    assert [item["path"] for item in json.loads(archive.read("openings.json"))] == ["subject.c"]
    rules = policy.parse(archive.read("policy").decode())
    assert proof.verify(archive.read("leaf.tlog-proof").decode(), archive.read("leaf.json"), rules).size == 300
    assert "openings.json" not in zipfile.ZipFile(io.BytesIO(log.receipt(ids[7], Stranger()))).namelist()


def test_a_reader_who_holds_the_bytes_is_not_sent_them_again(published):
    ids, _ = published
    for path in ("/log/checkpoint", "/log/tile/0/000", f"/log/leaf/{ids[0]}", "/log/keys"):
        first = get(path)
        again = Client().get(path, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert (again["ETag"], again["Cache-Control"]) == (first["ETag"], first["Cache-Control"])
        assert again["Access-Control-Allow-Origin"] == "*"
        assert Client().get(path, headers={"If-None-Match": '"other"'}).content == first.content
    assert get("/log/consistency", **{"from": "x"})["Access-Control-Allow-Origin"] == "*"
