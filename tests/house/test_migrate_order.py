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


def schema(url: str) -> list[str]:
    """Every statement of the database's schema."""
    dump = embedded.postgres_wheel().POSTGRES_BIN_PATH / "pg_dump"
    text = subprocess.run([dump, "-s", url], check=True, capture_output=True, text=True).stdout
    return sorted(line for line in text.splitlines() if not re.match(r"\\(un)?restrict", line))


def test_the_quick_order_makes_the_same_schema():
    """The template of all tests was made in the quick order; here stands a database made in Django's own."""
    admin, template = os.environ["TEST_DATABASE_URL"], os.environ["TEST_TEMPLATE"]
    name = f"{worker_name()}_order"
    embedded.create_database(admin, f"{name}_plain")
    plain = databases.with_name(admin, f"{name}_plain")
    command = [sys.executable, "-c", f"import django; django.setup(); {PLAIN}"]
    subprocess.run(command, check=True, cwd=BASE_DIR, env={**os.environ, "DATABASE_URL": plain})
    with databases.clone(admin, template, f"{name}_quick") as quick:
        assert schema(quick) == schema(plain)
