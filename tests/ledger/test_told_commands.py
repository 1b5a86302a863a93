"""Every command in `docs/ledger.md` does what it says there, with the words that stand there."""

import json
import re
import shlex
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from ledger import log, signer
from ledger.management.commands import ledger_rotate_key
from ledger.models import Record
from ledger.settling import Machinery, database_now
from ledger.verify.__main__ import main as verify
from ledger.witness import server
from tests.faults.ledger.installation import served
from tests.ledger.harness import NOTED, Decision, Officer, write

TEXT = (Path(__file__).parents[2] / "docs" / "ledger.md").read_text("utf-8")
SECOND, THIRD = "log.madang.example/second", "log.madang.example/third"
KEY = "organisation:4"


def told():
    """The commands in the order of the page: those in the text, and the rows of the table of the verifier."""
    for found in re.finditer(r"`((?:python -m ledger\.|manage\.py )[^`]+)`|^\| `((?:audit|proof|watch|consistency|opening) [^`]+)`", TEXT, re.M):  # fmt: skip
        yield found[1] or f"python -m ledger.verify {found[2]}".replace("\\|", "|")


class Ended(BaseException):
    """Stops what would go on for ever."""


class Home:
    """An installation of its own, whose programs find it as they do: settings and environment."""

    def __init__(self, folder, monkeypatch, capsys):
        self.folder, self.monkeypatch, self.capsys, self.ran = folder, monkeypatch, capsys, set()

    def named(self, origin, signer_folder="signer"):
        """From here on the log has this name, and its signer that folder."""
        self.monkeypatch.setenv("LEDGER_ORIGIN", origin)
        self.monkeypatch.setenv("LEDGER_SIGNER_DIR", str(self.folder / signer_folder))
        settings.LEDGER.update(ORIGIN=origin, SIGNER_DIR=self.folder / signer_folder)

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def run(self, text, **values):
        """A command of the page with its words in capitals filled in; answers what it printed."""
        self.ran.add(text)
        public, rules = self.folder / "public", self.folder / "policy"
        values = {"FOLDER": public, "DIR|URL": public, "POLICY": rules} | values
        words = shlex.split(text.replace("…", "DIR|URL --policy POLICY"))
        words = [str(values.get(word, word)) for word in words]
        self.capsys.readouterr()
        if words[0] == "manage.py":
            call_command(*words[1:])
        else:
            programs = {"ledger.verify": verify, "ledger.signer": signer.main, "ledger.witness": server.main}
            assert programs[words[2]](words[3:]) == 0, (text, self.capsys.readouterr())
        return self.capsys.readouterr().out


@pytest.fixture
def home(committed_db, tmp_path, monkeypatch, capsys):
    names = ("PUBLIC_DIR", "WITNESS_DIR", "STATE_DIR", "POLICY_FILE", "KEK_FILE")
    places = {name: tmp_path / name.partition("_")[0].lower() for name in names}
    monkeypatch.setenv("DATABASE_URL", committed_db)
    monkeypatch.setenv("LEDGER_WITNESS_DIR", str(places["WITNESS_DIR"]))
    # Programs that serve are started and killed by tests/faults; here their words are read, and they end.
    monkeypatch.setattr(signer, "_serve", lambda *_: 0)
    monkeypatch.setattr(server, "serve", lambda *_: None)
    with override_settings(LEDGER={**settings.LEDGER, **places}):
        made = Home(tmp_path, monkeypatch, capsys)
        made.named(settings.LEDGER["ORIGIN"])
        yield made


def test_every_command_of_the_page_runs_as_it_stands_there(home):
    a_new_installation(home)
    what_outsiders_check(home)
    an_alarm(home)
    a_new_key(home)
    a_new_key_encryption_key(home)
    a_stolen_key(home)
    assert set(told()) - home.ran == set()


def settled(home):
    return home.run("manage.py ledger_sequence --settle")


def a_new_installation(home):
    home.run("manage.py ledger_init")
    home.run("python -m ledger.signer")
    home.run("python -m ledger.witness")
    with transaction.atomic():
        log.append(NOTED, row=Decision(4, key=KEY), by=Officer(), data={}, private={"reason": "까닭"})
    settled(home)
    assert "alarm      none" in home.run("manage.py ledger_status")
    assert "in order" in home.run("manage.py ledger_verify")


def what_outsiders_check(home):
    old = home.file("old", (home.folder / "public" / "checkpoint").read_bytes())
    write(2, start=20)
    settled(home)
    assert "ok" in home.run("python -m ledger.verify audit FOLDER --policy POLICY")
    home.run("python -m ledger.verify audit DIR|URL --policy POLICY")
    [rules] = (home.folder / "public" / "machines").iterdir()
    home.run("python -m ledger.verify audit … --machines FILE", FILE=rules)
    home.run("python -m ledger.verify audit … --seen CHECKPOINT", CHECKPOINT=old)
    new = home.folder / "public" / "checkpoint"
    home.run("python -m ledger.verify consistency OLD NEW --log DIR|URL --policy POLICY", OLD=old, NEW=new)
    told = next(record for record in Record.objects.order_by("-id") if b"trial.note" in bytes(record.leaf))
    leaf, proof = home.file("leaf", bytes(told.leaf)), home.file("proof", log.prove(told.leaf_id))
    home.run("python -m ledger.verify proof PROOF --leaf LEAF --policy POLICY", PROOF=proof, LEAF=leaf)
    opened = home.file("openings", json.dumps(log.open_leaf(told.leaf_id)))
    home.run("python -m ledger.verify opening OPENINGS --leaf LEAF", OPENINGS=opened, LEAF=leaf)
    a_watch(home)
    export = "manage.py ledger_export FILE --basis BASIS --reason LETTER"
    home.run(export, FILE=home.folder / "export.zip", BASIS="audit", LETTER="감사-1")
    assert "log/checkpoint" in zipfile.ZipFile(home.folder / "export.zip").namelist()


def a_watch(home):
    """Once a minute for ever: ended at its first pause."""

    def ended(_):
        raise Ended

    with served(home.folder / "public") as url, home.monkeypatch.context() as paused:
        paused.setattr("ledger.verify.__main__.time.sleep", ended)
        with pytest.raises(Ended):
            home.run("python -m ledger.verify watch URL --policy POLICY --state DIR", URL=url, DIR=home.folder / "seen")


def an_alarm(home):
    Machinery.installed().board.sound("a drill", database_now())
    assert "a drill" in home.run("manage.py ledger_status --resume CAUSE", CAUSE="order")
    settled(home)


def a_new_key(home):
    machinery = Machinery.installed()
    [old] = machinery.rules().logs
    key = home.run("python -m ledger.signer --next").strip()
    home.run("manage.py ledger_rotate_key begin --vkey KEY", KEY=key)
    home.run("python -m ledger.witness --know KEY", KEY=key)
    home.run("python -m ledger.witness --know OUR_VKEY", OUR_VKEY=key)
    settled(home)
    home.monkeypatch.setattr(ledger_rotate_key, "database_now", lambda: database_now() + timedelta(days=31))
    # The web host, which has no folder of the signer: there the last word is said on the signer's own.
    with override_settings(LEDGER={**settings.LEDGER, "SIGNER_DIR": home.folder / "nowhere"}):
        home.run("manage.py ledger_rotate_key retire")
    home.run("python -m ledger.signer --retire")
    home.run("python -m ledger.witness --forget OLDKEY", OLDKEY=old)
    settled(home)
    assert machinery.rules().logs == (key,)
    home.run("python -m ledger.verify audit FOLDER --policy POLICY")


def a_new_key_encryption_key(home):
    assert "keys are wrapped" in home.run("manage.py ledger_rotate_key kek")
    assert "is destroyed" in home.run("manage.py ledger_rotate_key kek-finish")


def a_stolen_key(home):
    """Twice: on one machine, and then with a signer on a host of its own."""
    former = "python -m ledger.verify audit FOLDER --policy POLICY --former CHECKPOINT OLDPOLICY"
    for name in (SECOND, THIRD):
        settled(home)
        kept = home.file("kept", (home.folder / "public" / "checkpoint").read_bytes())
        rules = home.file("old-policy", (home.folder / "policy").read_bytes())
        home.named(name, "signer" if name == SECOND else "elsewhere")
        if name == SECOND:
            home.run("manage.py ledger_new_origin")
        else:
            key = home.run("python -m ledger.signer --succeed").strip()
            with override_settings(LEDGER={**settings.LEDGER, "SIGNER_DIR": home.folder / "signer"}):
                home.run("manage.py ledger_new_origin --vkey KEY", KEY=key)
        settled(home)
        home.run(former, CHECKPOINT=kept, OLDPOLICY=rules)
        home.run("python -m ledger.verify audit … --former CHECKPOINT OLDPOLICY", CHECKPOINT=kept, OLDPOLICY=rules)
    assert "in order" in home.run("manage.py ledger_verify")
