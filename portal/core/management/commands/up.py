"""``manage.py up``: the whole installation on one machine, under one supervisor."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
import urllib.request
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import OperationalError, connection

from portal.core import embedded
from portal.core.supervisor import Child, Supervisor, read_procfile

FIRST_PAGE_WITHIN = 60.0
#: What the first page needs; the others start behind it, so that two cores are not shared by five starts.
OPENING = ("broker", "web")


class Command(BaseCommand):
    help = "Start web, worker, scheduler, signer and witness (and the embedded broker when none is named) and keep them running."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        began = time.monotonic()
        _refuse_busy_port(host, port)
        _refuse_missing_database()
        call_command("prepare")
        supervisor = Supervisor(children(host, port), self.stdout.write)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, supervisor.request_stop)
        connection.close()
        supervisor.start(*OPENING)
        try:
            if _wait_for_first_page(f"http://{host}:{port}/health/", supervisor):
                self._announce(host, port, time.monotonic() - began)
            supervisor.start()
            supervisor.run()
        finally:
            self.stdout.write("stopping …")
            supervisor.stop()
            self.stdout.write("stopped")

    def _announce(self, host: str, port: int, seconds: float) -> None:
        self.stdout.write(self.style.SUCCESS(f"\n마당 Madang  http://{host}:{port}/   ({seconds:.1f} s)"))
        if settings.DEMO:
            for line in settings.DEMO_WELCOME:
                self.stdout.write("  " + line.format(site=f"http://{host}:{port}"))
        self.stdout.write(f"  logs {settings.VAR_DIR / 'log'} · mail {settings.VAR_DIR / 'mail'} · stop with Ctrl-C\n")
        self.stdout.flush()


def children(host: str, port: int) -> list[Child]:
    """The Procfile's processes, led by the embedded broker when no other is named."""
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "WEB_WORKERS": "2",
        "WORKER_PROCESSES": "2",
        "REMAP_SIGTERM": "SIGQUIT",
        "SITE_URL": f"http://{host}:{port}",
        **{name: value for name, value in os.environ.items() if name != "PATH"},
        "HOST": host,
        "PORT": str(port),
        "VAR_DIR": str(settings.VAR_DIR),
    }
    commands = read_procfile(settings.BASE_DIR / "Procfile", environment)
    if str(embedded.valkey_socket(settings.VAR_DIR)) in settings.BROKER_URL:
        commands = {"broker": ["python", "-m", "portal.core.embedded"], **commands}
    return [_child(name, command, environment) for name, command in commands.items()]


def _child(name: str, command: list[str], environment: dict[str, str]) -> Child:
    program = Path(sys.executable).parent / command[0]
    pool = {"DATABASE_POOL": "1"} if name == "web" else {}
    return Child(name, [str(program), *command[1:]], environment | pool, settings.VAR_DIR / "log" / f"{name}.log")


def _refuse_busy_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"포트 {port}은(는) 이미 사용 중입니다. 마당이 벌써 실행 중인지 확인하거나 PORT=8001 make run 처럼 다른 포트를 쓰십시오.\n"
                f"Port {port} is in use. Is the portal already running? Otherwise choose another: PORT=8001 make run"
            ) from error


def _refuse_missing_database() -> None:
    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise CommandError(
            "데이터베이스에 연결할 수 없습니다. DATABASE_URL과 서버 상태를 확인하십시오. 바뀐 자료는 없습니다.\n"
            f"The database cannot be reached. Check DATABASE_URL and the server; nothing was changed.\n{error}"
        ) from error


def _wait_for_first_page(url: str, supervisor: Supervisor) -> bool:
    until = time.monotonic() + FIRST_PAGE_WITHIN
    while time.monotonic() < until and not supervisor.stopping:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310
                return True
        except OSError:
            supervisor.step(time.monotonic())
            time.sleep(0.05)
    return False
