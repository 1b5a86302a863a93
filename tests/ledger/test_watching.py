"""What an outsider runs beside the proof: the replay through published rules, and the watch over a growing log."""

import base64
import json
import shutil

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings

from ledger import documents, machines, merkle, note, words
from ledger.recording import append
from ledger.verify.__main__ import main
from tests.ledger.harness import DECIDED, Decision, Officer, settle, verify, write
from tests.ledger.test_browsing import write as write_one


@pytest.fixture
def log(tmp_path, committed_db):
    """A log that names its documents; answers what settles it anew."""
    with override_settings(
        LEDGER={
            **settings.LEDGER,
            "PUBLIC_DIR": tmp_path / "public",
            "SIGNER_DIR": tmp_path / "signer",
            "POLICY_FILE": tmp_path / "policy",
        }
    ):
        write(3)
        named = documents.publish(tmp_path / "public")
        settle(tmp_path)
        yield tmp_path, {document.folder: document for document in named}


def run(*arguments):
    return main([str(argument) for argument in arguments])


def test_the_documents_are_files_that_the_log_names(log):
    folder, named = log
    assert sorted(named) == ["machines", "schemas", "verifiers"]
    assert documents.publish(folder / "public") == []
    for document in named.values():
        answer = Client().get(f"/log/{document.path}")
        assert answer.status_code == 200
        assert answer.content == (folder / "public" / document.path).read_bytes() == document.data
        assert answer["Cache-Control"].endswith("immutable")
        assert document.sha256 in Client().get("/ko/log/").content.decode() or document.folder == "verifiers"
    for path in ("schemas/x.json", f"machines/{'0' * 64}.json", "verifiers/..js"):
        assert Client().get(f"/log/{path}").status_code == 404
    types = json.loads(named["schemas"].data)["types"]
    assert types["ledger.machine/1"]["fields"]["sha256"] == "ref"
    healthy = Client().get("/log/health").json()
    assert (healthy["state"], healthy["published"], healthy["waiting"]) == ("ok", 6, 0)
    assert "ledger_published_size 6\n" in Client().get("/log/metrics").content.decode()
    replays(folder, named["machines"])
    watches(folder)


def replays(folder, machine):
    """The audit through the machine file: right, another file, a file of another kind, a leaf that breaks a rule."""
    file, other = folder / "machines.json", folder / "other.json"
    file.write_bytes(machine.data)
    audit = ("audit", folder / "public", "--policy", folder / "policy", "--machines")
    answer = verify(*audit, file)
    assert (answer.returncode, "replayed through the rules" in answer.stdout) == (0, True)
    other.write_bytes(machines.document([]))
    assert run(*audit, other) == 2
    other.write_bytes(b"{}")
    assert run(*audit, other) == 2
    assert run(*audit, folder / "nothing") == 2
    words.describe_cases(lambda: [words.Case("trial.decision", {("DRAFT", "DONE"): "decided"})])
    try:
        documents.publish(folder / "public")
        newer = documents.machine()
        with transaction.atomic():
            append(DECIDED, row=Decision(70), by=Officer(), data={"from": "DONE", "to": "DRAFT"})
        settle(folder)
    finally:
        words._describers.pop()
        words.cases.cache_clear()
    file.write_bytes(newer.data)
    assert run(*audit, file) == 1
    assert run("audit", folder / "public", "--policy", folder / "policy") == 0


def watches(folder):
    """Growth, a mirror behind, a log that shrinks, a log that forks, a log that is gone."""
    state, mirror = folder / "state", folder / "mirror"
    look = ("watch", folder / "public", "--policy", folder / "policy", "--state", state, "--mirror", mirror, "--once")
    shutil.copytree(folder / "public", mirror)
    assert run(*look) == 0
    write_one(DECIDED, 80)
    settle(folder)
    assert run(*look) == 0
    assert (state / "checkpoint").read_bytes() == (folder / "public" / "checkpoint").read_bytes()
    newer = (folder / "public" / "checkpoint").read_bytes()
    (folder / "public" / "checkpoint").write_bytes((mirror / "checkpoint").read_bytes())
    assert run(*look) == 1
    (evidence,) = (state / "evidence").iterdir()
    assert evidence.name.startswith("rollback-")
    assert (evidence / "checkpoint-1").read_bytes() == newer
    (folder / "public" / "checkpoint").write_bytes(newer)
    fork(folder, mirror, look, state)
    (folder / "public" / "checkpoint").unlink()
    assert run(*look) == 2


def fork(folder, mirror, look, state):
    """Another history under the same key, on the mirror: the two notes are kept as proof.

    The other history has no witness, so it shows under a policy that asks for none.
    """
    rules = [line for line in (folder / "policy").read_text().splitlines() if line.startswith("log ")]
    (folder / "lax").write_text("\n".join([*rules, "quorum none\n"]))
    look = [folder / "lax" if part == folder / "policy" else part for part in look]
    seed = (folder / "signer" / "seed").read_bytes()
    origin = settings.LEDGER["ORIGIN"]
    root = base64.b64encode(merkle.root([bytes(32)] * 5)).decode()
    text = f"{origin}\n5\n{root}\n"
    (mirror / "checkpoint").write_text(note.join(text, [note.sign(text, origin, seed)]))
    assert run(*look) == 1
    found = [path for path in (state / "evidence").iterdir() if path.name.startswith("fork-")]
    assert sorted(path.name for path in found[0].iterdir()) == ["checkpoint-1", "checkpoint-2", "why"]
