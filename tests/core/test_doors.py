"""The command that starts everything: what it says when it cannot."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

BASE_DIR = Path(__file__).resolve().parents[2]


def up(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "up"],
        cwd=BASE_DIR,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_a_busy_port_is_named_with_the_way_out():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        answer = up(PORT=port, DATABASE_URL=os.environ["TEST_DATABASE_URL"])
    assert answer.returncode == 1
    assert f"Port {port} is in use" in answer.stderr
    assert f"포트 {port}" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_database_that_is_down_is_named_with_what_to_check(tmp_path):
    answer = up(PORT="0", DATABASE_URL=f"postgresql://nobody@/none?host={tmp_path}")
    assert answer.returncode == 1
    assert "데이터베이스에 연결할 수 없습니다" in answer.stderr
    assert "nothing was changed" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_real_installation_must_bring_its_secret(tmp_path):
    environment = {name: value for name, value in os.environ.items() if name not in {"SECRET_KEY", "DEMO"}}
    answer = subprocess.run(
        [sys.executable, "manage.py", "up"], cwd=BASE_DIR, env=environment, capture_output=True, text=True, timeout=60
    )
    assert answer.returncode == 1
    assert "Set SECRET_KEY" in answer.stderr


@pytest.mark.django_db
def test_the_health_page_answers_from_the_database(client):
    assert client.get("/health/").json() == {"database": "ok", "ledger": "ok"}


def test_the_health_page_says_when_the_database_is_away(client, monkeypatch):
    from django.db import DatabaseError, connection

    def broken():
        raise DatabaseError

    monkeypatch.setattr(connection, "cursor", broken)
    answer = client.get("/health/")
    assert (answer.status_code, answer.json()) == (503, {"database": "unreachable"})
