"""What is published when: witnesses that agree, disagree, know more, are away; a folder ahead of its database."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from ledger import alarms, log, note, policy, reading, settling
from ledger.cosigning import RolledBack, Unreachable
from ledger.publisher import Publisher, published_size, rebuild
from ledger.sequencer import Sequencer
from ledger.settling import Machinery
from ledger.signer import Signer, SignerFolder
from ledger.witness.protocol import Answer, Witness, WitnessFolder
from tests.ledger.harness import audit, settle, shrink, sql, verify, write

pytestmark = pytest.mark.usefixtures("committed_db")


def now():
    return datetime.now(UTC)


class Town:
    """A log and witnesses of other bodies, asked by their classes; each can be made to misbehave."""

    def __init__(self, folder, names, quorum):
        self.machinery = Machinery.under(folder)
        self.machinery.prepare()
        (log_vkey,) = self.machinery.rules().logs
        lines, self.asks, self.witnesses, self.asked = [f"log {log_vkey}"], {}, {}, []
        for name in names:
            home = WitnessFolder(folder / f"witness-{name}")
            home.initialise()
            home.know(log_vkey)
            self.witnesses[name] = Witness(home, f"{name}.example/w")
            self.asks[name] = self.counted(name)
            lines.append(f"witness {name} {self.witnesses[name].vkey()}")
        text = "\n".join([*lines, f"group bodies {quorum} {' '.join(names)}", "quorum bodies"]) + "\n"
        self.machinery.policy_file.write_text(text)
        self.rules = policy.parse(text)

    def counted(self, name):
        def ask(body):
            self.asked.append((name, body.split(b"\n", 1)[0].decode()))
            return self.witnesses[name].add_checkpoint(body)

        return ask

    def sign(self, more):
        if more:
            write(more, start=sql("SELECT count(*) FROM ledger_record")[0][0] + 1)
        Sequencer().drain()
        with settling.connect() as own:
            Signer(own, self.machinery.signer_folder, self.machinery.origin).step(now())

    def publish(self, at=None):
        return Publisher(self.machinery.public, self.rules, self.machinery.board, self.asks).step(at or now())

    def signers(self):
        text = (self.machinery.public / "checkpoint").read_text()
        return note.verify(text, [witness.vkey for witness in self.rules.witnesses.values()]).signers


@pytest.fixture
def town(tmp_path):
    return Town(tmp_path, ("city", "school", "court"), 2)


def away(_):
    raise Unreachable("nobody at home")


def test_a_quorum_is_enough_and_who_comes_later_is_added(town):
    town.sign(3)
    town.asks["court"] = away
    assert town.publish() == 3
    assert town.signers() == ["city.example/w", "school.example/w"]
    assert town.publish() is None
    assert town.machinery.board.complaints()["court"].why == "nobody at home"
    town.asks["court"] = town.counted("court")
    assert town.publish(now() + timedelta(seconds=3)) == 3
    assert len(town.signers()) == 3
    assert town.machinery.board.complaints() == {}
    assert [name for name, _ in town.asked] == ["city", "school", "court"]


def test_without_a_quorum_the_last_checkpoint_stays_up(town, tmp_path):
    town.sign(2)
    assert town.publish() == 2
    town.asks |= {"court": away, "city": lambda _: Answer(403, "who are you?\n")}
    ids = write(1, start=90)
    town.sign(0)
    assert town.publish() is None
    assert published_size(town.machinery.public) == 2
    assert town.machinery.board.complaints()["city"].why == "403: who are you?"
    assert audit_of(town).returncode == 0
    with pytest.raises(log.NotYetWitnessed):
        reading.prove(ids[0])


def audit_of(town):
    return verify("audit", town.machinery.public, "--policy", town.machinery.policy_file)


def test_pauses_grow_while_a_witness_is_away(town):
    town.sign(1)
    town.asks["city"] = town.asks["school"] = town.asks["court"] = lambda _: away(None)
    begin, tries = now(), []
    for second in range(20):
        town.asked.clear()
        town.publish(begin + timedelta(seconds=second))
        tries.append(town.machinery.board.complaints()["city"].times)
    assert tries[-1] == 4  # at 0, 2, 6 and 14 seconds


def test_a_witness_that_knows_another_size_gets_the_proof_from_there(town):
    town.sign(300)
    town.publish()
    before = dict(town.witnesses)
    town.sign(2)
    town.publish()
    # The city's witness was put back to what it knew at 300; the tables say that it knows 302.
    home = town.witnesses["city"].folder
    seen = before["school"].folder.recall(town.machinery.origin)
    hashes = [bytes(item) for (item,) in sql("SELECT root FROM ledger_checkpoint WHERE size = 300")]
    home.remember(town.machinery.origin, type(seen)(300, hashes[0], 1, "x"))
    town.sign(5)
    town.asked.clear()
    assert town.publish() == 307
    assert [old for name, old in town.asked if name == "city"] == ["old 302", "old 300"]
    assert len(town.signers()) == 3


def test_a_witness_that_knows_more_stops_the_log(town, monkeypatch):
    """Attack 4: the database is put back to an older state; one witness is enough to notice."""
    told = []
    monkeypatch.setattr(alarms, "_listeners", [lambda code, sentence: told.append(code)])
    town.sign(5)
    town.publish()
    town.asks["court"] = lambda _: Answer(409, "7\n")
    town.sign(1)
    with pytest.raises(RolledBack):
        town.publish()
    assert "saw 7 leaves, this database has 6 signed" in town.machinery.board.alarm()
    assert town.publish() is None
    assert told == ["rollback"], "people are told once"
    assert published_size(town.machinery.public) == 5


def test_a_witness_that_sees_a_second_history_stops_the_log(town):
    town.sign(5)
    town.publish()
    town.asks["school"] = lambda _: Answer(422, "no\n")
    town.sign(1)
    with pytest.raises(RolledBack, match="school"):
        town.publish()
    assert published_size(town.machinery.public) == 5


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (lambda town, body: Answer(200, ""), "no valid cosignature"),
        (lambda town, body: Answer(200, "— city.example/w AAAA\n"), "no valid cosignature"),
        (lambda town, body: town.witnesses["school"].add_checkpoint(body), "no valid cosignature"),
        (lambda town, body: cosigned(town, body, time.time() - 1000), "its clock is wrong by -"),
        (lambda town, body: cosigned(town, body, time.time() + 4000), "its clock is wrong by"),
        (lambda town, body: Answer(409, "no number\n"), "409: no number"),
        (lambda town, body: Answer(503, "busy\n"), "503: busy"),
    ],
)
def test_an_answer_that_is_no_cosignature_is_not_stored(town, answer, complaint):
    town.sign(1)
    town.asks = {"city": lambda body: answer(town, body)}
    assert town.publish() is None
    assert complaint in town.machinery.board.complaints()["city"].why
    assert sql("SELECT count(*) FROM ledger_cosignature") == [(0,)]


def cosigned(town, body, at):
    signed = body.partition(b"\n\n")[2].decode()
    return Answer(200, note.cosign(signed, "city.example/w", town.witnesses["city"].folder.seed(), int(at)))


def test_cosignatures_are_renewed_after_ten_minutes(town):
    town.sign(4)
    assert town.publish() == 4
    first = (town.machinery.public / "checkpoint").read_text()
    assert town.publish(now() + timedelta(minutes=9)) is None
    later = now() + timedelta(minutes=11)
    for witness in town.witnesses.values():
        witness.clock = later.timestamp
    town.asked.clear()
    assert town.publish(later) == 4
    assert [old for _, old in town.asked] == ["old 4"] * 3
    second = (town.machinery.public / "checkpoint").read_text()
    assert second != first
    # Attack 7: the first one, replayed at that time, is too old for whoever asks for a fresh one.
    at = int(later.timestamp()) + 300
    assert town.rules.check(second, now=at, max_age=900).size == 4
    with pytest.raises(policy.PolicyUnmet):
        town.rules.check(first, now=at, max_age=900)


def test_one_publisher_at_a_time(town):
    town.sign(1)
    with town.machinery.board.locked(wait=True):
        assert town.publish() is None
    assert town.publish() == 1


def test_after_an_alarm_leaves_wait_until_a_person_has_looked(tmp_path):
    machinery = Machinery.under(tmp_path)
    machinery.prepare()
    machinery.board.sound("first", now())
    machinery.board.sound("what followed", now())
    write(2)
    machinery.tick()
    assert sql("SELECT count(*) FROM ledger_pending") == [(2,)]
    with pytest.raises(RolledBack, match=r"stands still: .* first"):
        machinery.settle()
    assert "first" in machinery.board.silence(now())
    assert machinery.settle().size == 2


def test_a_folder_ahead_of_the_database_is_never_published_over(tmp_path):
    """A database put back from a backup, with a signer that was put back with it."""
    write(5)
    settled = settle(tmp_path)
    shrink(2)
    with connection.cursor() as cursor:
        for table in ("published", "cosignature", "checkpoint"):
            cursor.execute(f"ALTER TABLE ledger_{table} DISABLE TRIGGER ALL")
            cursor.execute(f"DELETE FROM ledger_{table}")
    (tmp_path / "signer" / "state").unlink()
    SignerFolder(tmp_path / "signer").initialise(now() - timedelta(seconds=5))
    sql("DELETE FROM ledger_pending")
    with pytest.raises(RolledBack, match="shows 5 leaves"):
        settle(tmp_path)
    assert published_size(settled.public) == 5


def test_a_policy_without_witnesses_gets_the_local_one(tmp_path):
    """An installation of an earlier version; a policy that a person wrote stays as it is."""
    machinery = Machinery.under(tmp_path)
    machinery.prepare()
    made = machinery.policy_file.read_text()
    (log_vkey,) = machinery.rules().logs
    machinery.policy_file.write_text(f"log {log_vkey}\nquorum none\n")
    machinery.prepare()
    assert machinery.policy_file.read_text() == made
    assert machinery.rules().quorum == "local"
    own = f"log {log_vkey}\n# nobody yet\nquorum none\n"
    machinery.policy_file.write_text(own)
    machinery.prepare()
    assert machinery.policy_file.read_text() == own
    assert (machinery.public / "policy").read_text() == own


def test_what_was_published_without_a_witness_is_published_with_one(tmp_path):
    machinery = Machinery.under(tmp_path)
    machinery.prepare()
    made = machinery.policy_file.read_text()
    machinery.policy_file.write_text(f"log {machinery.rules().logs[0]}\n# nobody yet\nquorum none\n")
    write(3)
    assert machinery.settle().size == 3
    machinery.policy_file.write_text(made)
    settled = machinery.settle()
    assert audit(settled).returncode == 0


def test_a_rebuilt_folder_is_the_published_one_byte_by_byte(tmp_path):
    for start in (1, 100, 400):
        write(260, start=start)
        settled = settle(tmp_path / "log")
    assert rebuild(tmp_path / "again") == 780
    again = {path.relative_to(tmp_path / "again"): path.read_bytes() for path in files(tmp_path / "again")}
    assert again == {path: (settled.public / path).read_bytes() for path in again}
    assert len(again) == 1 + 2 * 4 + 1
    # Partial tiles went when their full ones came; what is left over serves readers of older checkpoints.
    left = {str(path.relative_to(settled.public)) for path in files(settled.public)} - {str(path) for path in again}
    assert left == {"policy", "tile/1/000.p/1", "tile/1/000.p/2"}


def files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]
