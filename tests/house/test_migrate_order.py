"""The quick way to an empty database's tables comes to the same as Django's own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from portal.core import embedded
from tests import databases
from tests.conftest import worker_name

pytestmark = [pytest.mark.rehearsal]
BASE_DIR = Path(__file__).resolve().parents[2]
PLAIN = "from django.core.management.commands.migrate import Command; Command().run_from_argv(['manage.py', 'migrate', '-v0', '--skip-checks'])"


def schema(url: str, *command: str) -> list[str]:
    """Every statement of the schema after ``command`` has run on the empty database ``url``."""
    subprocess.run([sys.executable, *command], check=True, cwd=BASE_DIR, env={**os.environ, "DATABASE_URL": url})
    dump = embedded.postgres_wheel().POSTGRES_BIN_PATH / "pg_dump"
    text = subprocess.run([dump, "-s", url], check=True, capture_output=True, text=True).stdout
    return sorted(line for line in text.splitlines() if not re.match(r"\\(un)?restrict", line))


def test_the_quick_order_makes_the_same_schema():
    admin = os.environ["TEST_DATABASE_URL"]
    names = [f"{worker_name()}_order_{kind}" for kind in ("quick", "plain")]
    for name in names:
        embedded.create_database(admin, name)
    quick, plain = (databases.with_name(admin, name) for name in names)
    setup = "import django; django.setup(); "
    assert schema(quick, "manage.py", "migrate", "-v0", "--skip-checks") == schema(plain, "-c", setup + PLAIN)
