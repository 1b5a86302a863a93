"""With the settings of production, and without those of a demonstration, Django finds nothing to object to."""

import os
import subprocess
import sys

import pytest

from tests.house.tree import ROOT

PRODUCTION = {
    "SECRET_KEY": "".join(chr(33 + n * 7 % 90) for n in range(64)),
    "ALLOWED_HOSTS": "madang.example",
    "SITE_URL": "https://madang.example",
    "CSRF_TRUSTED_ORIGINS": "https://madang.example",
    "BEHIND_PROXY": "1",
    "DATABASE_POOL": "1",
    "MAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "MAIL_OPTIONS": '{"host": "mail.example", "use_tls": true}',
    "BROKER_URL": "redis://broker.example:6379/0",
    "DJANGO_SETTINGS_MODULE": "portal.settings",
}


def run(*arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """A command in an environment of its own: only what is named, and the way to Python."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR") if name in os.environ}
    environment = kept | PRODUCTION | {"DATABASE_URL": os.environ["TEST_DATABASE_URL"]} | changes
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_the_deploy_check_is_clean(tmp_path):
    result = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", VAR_DIR=str(tmp_path))
    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout


def test_a_demonstration_is_not_taken_for_production(tmp_path):
    result = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", VAR_DIR=str(tmp_path), DEMO="1")
    assert result.returncode != 0


def test_without_a_secret_nothing_starts(tmp_path):
    result = run("-c", "import portal.settings", SECRET_KEY="", VAR_DIR=str(tmp_path))
    assert result.returncode == 0  # importing reads the environment only
    result = run("manage.py", "check", SECRET_KEY="", VAR_DIR=str(tmp_path))
    assert "SECRET_KEY" in result.stderr
    assert result.returncode != 0


VALUES = """
from portal import settings
print(settings.DEMO, settings.DEBUG, settings.HTTPS, settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE,
      settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS >= 31_536_000, settings.ALLOWED_HOSTS)
"""


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "False False True True True True True ['madang.example']"),
        ({"ALLOWED_HOSTS": ""}, "False False True True True True True []"),
        ({"DEMO": "1", "ALLOWED_HOSTS": "x"}, "True False False False False False False ['x']"),
    ],
)
def test_every_default_is_the_secure_one(changes, said, tmp_path):
    assert run("-c", VALUES, VAR_DIR=str(tmp_path), **changes).stdout.strip() == said
