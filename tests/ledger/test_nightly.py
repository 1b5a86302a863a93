"""Every night's inspection and the close of a year's numbers."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from ledger import alarms, log, nightly
from ledger.settling import Machinery
from ledger.verify.audit import Refused, Story
from tests.ledger import harness
from tests.ledger.harness import DECIDED, Decision, Officer, leaves, sql


@pytest.fixture
def heard(monkeypatch):
    said = []
    monkeypatch.setattr(alarms, "_listeners", [])
    log.on_alarm(lambda code, sentence: said.append((code, sentence)))
    return said


def test_an_inspection_is_kept_and_a_broken_promise_is_an_alarm_and_a_leaf(committed_db, tmp_path, heard):
    harness.write(5)
    machinery = Machinery.under(tmp_path)
    machinery.settle()
    assert nightly.inspect(machinery) == []
    kept = nightly.last_inspection()
    assert (kept.size, kept.problems, kept.first) == (5, 0, "")
    with transaction.atomic():
        sql("ALTER TABLE ledger_tree_state DISABLE TRIGGER ALL")
        sql("UPDATE ledger_tree_state SET root = sha256('x')")
    assert len(nightly.inspect(machinery)) == 1
    assert heard == [("inspection", "1 problems, first: the tree of size 5 has another root than its leaves")]
    assert nightly.last_inspection().problems == 1
    told = leaves()[-1]
    assert (told["type"], told["data"]["problems"]) == ("ledger.inspection.failed/1", 1)


def decide(pk):
    with transaction.atomic():
        return log.append(DECIDED, row=Decision(pk), by=Officer(), data={})


def test_the_year_before_is_closed_once_and_the_audit_compares(db):
    year = decide_year()
    new_year = datetime(year, 12, 31, 15, 10, tzinfo=UTC)
    assert nightly.close_series(datetime(year, 12, 31, 14, 59, tzinfo=UTC)) is False
    assert nightly.close_series(new_year) is True
    assert nightly.close_series(new_year) is False
    told = leaves()
    assert told[-1]["data"] == {"year": year, "series": ["trial.decision"], "last": [3]}
    tell(told)
    with pytest.raises(Refused, match="closes with other numbers"):
        tell([leaf for leaf in told if leaf["data"].get("no") != f"trial.decision/{year}/3"])


def decide_year():
    """Three decisions of this year; answers which year that is in Seoul."""
    for pk in range(1, 4):
        decide(pk)
    return int(leaves()[0]["data"]["no"].split("/")[1])


def tell(told):
    story = Story()
    for index, leaf in enumerate(told):
        story.add(index, leaf)
