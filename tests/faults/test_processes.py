"""Processes are killed under the running portal; the supervisor brings them back and nothing written is lost."""

from __future__ import annotations

import os
import signal
import time
import urllib.request
from pathlib import Path

import psycopg
import pytest

from ledger import policy
from tests import databases
from tests.conftest import worker_name
from tests.journeys.site import running

pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("processes")]


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    """A real installation: empty but for the plans, with every process under the supervisor."""
    url, source = os.environ["TEST_DATABASE_URL"], os.environ["TEST_TEMPLATE"]
    name = f"{worker_name()}_processes"
    os.environ |= {"HTTPS": "0", "ALLOWED_HOSTS": "127.0.0.1"}
    try:
        var = tmp_path_factory.mktemp("var")
        with databases.clone(url, source, name) as database_url, running(database_url, var, demo=False) as site:
            yield site
    finally:
        del os.environ["HTTPS"], os.environ["ALLOWED_HOSTS"]


def children(supervisor: int, word: str) -> list[int]:
    """The supervisor's direct children whose command line holds ``word``."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent == supervisor and word in command:
            found.append(int(folder.name))
    return found


def wait_until(condition, seconds=60.0):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


def answers(site) -> bool:
    try:
        with urllib.request.urlopen(f"{site.url}/health/", timeout=2) as page:
            return page.status == 200
    except OSError:
        return False


def test_the_first_leaf_is_signed_cosigned_and_published(installation):
    """Sequencer and publisher in the worker, signer and witness as processes of their own."""
    rules = policy.parse((installation.var / "ledger" / "policy").read_text())

    def published():
        try:
            with urllib.request.urlopen(f"{installation.url}/log/checkpoint", timeout=5) as page:
                return rules.check(page.read().decode(), now=int(time.time()), max_age=900).size >= 1
        except OSError:
            return False

    assert rules.quorum == "local"
    wait_until(published)


@pytest.mark.parametrize("name", ["gunicorn", "celery.app worker", "beat", "ledger.signer", "ledger.witness", "valkey"])
def test_a_killed_process_comes_back(installation, name):
    word = {"celery.app worker": " worker "}.get(name, name)
    wait_until(lambda: children(installation.supervisor, word))
    before = children(installation.supervisor, word)
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: set(children(installation.supervisor, word)) - set(before))
    wait_until(lambda: answers(installation))


def test_a_message_written_while_the_broker_was_down_is_worked_off(installation):
    for pid in children(installation.supervisor, "valkey"):
        os.kill(pid, signal.SIGKILL)
    with psycopg.connect(installation.database_url, autocommit=True) as connection:
        row = connection.execute(
            "INSERT INTO core_outboxmessage (topic, payload, status, attempts, last_error)"
            " VALUES ('nobody listens', '{}', 'WAITING', 0, '') RETURNING id"
        ).fetchone()

        def worked_off():
            found = connection.execute("SELECT status FROM core_outboxmessage WHERE id = %s", row).fetchone()
            return found == ("DEAD",)

        wait_until(worked_off, seconds=90)
