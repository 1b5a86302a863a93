"""What every test may ask for. The database server is started here once; settings start nothing."""

from __future__ import annotations

import itertools
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

RUN = os.environ.setdefault("MADANG_TEST_RUN", str(os.getpid()))
os.environ.update(
    DJANGO_SETTINGS_MODULE="portal.settings",
    DEMO="1",
    SECRET_KEY="only-for-tests-" + "x" * 50,
    STATIC_STORAGE="django.contrib.staticfiles.storage.StaticFilesStorage",
    MAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
    MAIL_OPTIONS="{}",
    LOG_LEVEL="WARNING",
    # Playwright keeps an event loop running in this thread; Django would take every later query for one from it.
    DJANGO_ALLOW_ASYNC_UNSAFE="1",
)
os.environ.setdefault("VAR_DIR", str(Path(__file__).resolve().parents[1] / "var" / "test" / f"run-{RUN}"))

import django
import hypothesis
import pytest

from tests import databases

#: Shared cores stall: an example that takes long is not a fault, one that fails is.
hypothesis.settings.register_profile("shared", deadline=None)
hypothesis.settings.load_profile("shared")
#: Test modules of constraints and triggers.
AROUND_THE_SERVICES = {"test_models", "test_guards", "test_constraints"}
#: What a test in a browser says of the database server, others say sooner.
IN_A_BROWSER = {"browser", "page", "visit"}
LONG = ("fault", "journey", "rehearsal")
_names = itertools.count(1)


def pytest_configure(config: pytest.Config) -> None:
    """Start the server and build the template before any worker asks for it."""
    Path(os.environ["VAR_DIR"], "static").mkdir(parents=True, exist_ok=True)
    django.setup()
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    os.environ["TEST_DATABASE_URL"] = databases.server_url()
    os.environ["TEST_TEMPLATE"] = databases.template(os.environ["TEST_DATABASE_URL"])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what rests on the database server itself: real commits, and the tests that go around the services.

    Files with long tests come first: one of several minutes at the end would leave the other workers without work.
    """
    for item in items:
        asked = set(getattr(item, "fixturenames", ()))
        if ("committed_db" in asked and not asked & IN_A_BROWSER) or item.path.stem in AROUND_THE_SERVICES:
            item.add_marker("database")
    long = {item.path for item in items if any(map(item.get_closest_marker, LONG))}
    items.sort(key=lambda item: item.path not in long)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave no folder behind."""
    if "PYTEST_XDIST_WORKER" not in os.environ and f"run-{os.getpid()}" in os.environ["VAR_DIR"]:
        shutil.rmtree(os.environ["VAR_DIR"], ignore_errors=True)


def worker_name() -> str:
    return f"madang_t_{RUN}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """The worker's own clone of the migrated template; ``db`` tests roll back inside it."""
    from django.db import connection

    url, source = os.environ["TEST_DATABASE_URL"], os.environ["TEST_TEMPLATE"]
    with databases.clone(url, source, worker_name()) as clone_url, django_db_blocker.unblock():  # type: ignore[attr-defined]
        point_at(clone_url)
        yield
        connection.close()


@pytest.fixture
def committed_db(django_db_blocker: pytest.FixtureRequest) -> Iterator[str]:
    """A database of its own in which commits are real; yields its URL. Threads may open connections of their own."""
    from django.db import connection, connections

    before = dict(connection.settings_dict)
    url, source = os.environ["TEST_DATABASE_URL"], os.environ["TEST_TEMPLATE"]
    with (
        databases.clone(url, source, f"{worker_name()}_{next(_names)}") as clone_url,
        django_db_blocker.unblock(),  # type: ignore[attr-defined]
    ):
        connection.close()
        point_at(clone_url)
        try:
            yield clone_url
        finally:
            connections.close_all()
            connection.settings_dict.update(before)


def point_at(url: str) -> None:
    """Let Django's default connection, and those that threads open later, use this database."""
    from django.conf import settings
    from django.db import connection

    connection.close()
    connection.settings_dict.update({**settings.DATABASES["default"], **_django_settings(url)})


def _django_settings(url: str) -> dict[str, object]:
    from portal.settings import database

    return {"HOST": "", "PORT": "", "USER": "", "PASSWORD": "", **database(url, pool=False)}


@pytest.fixture(autouse=True)
def _plain_cache(settings: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No cache server in tests, fresh folders for files, cheap password hashes."""
    from django.core.files.storage import storages

    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": str(tmp_path)}
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PRIVATE_ROOT = tmp_path / "private"
    # The very instance that the models' fields hold since they were loaded, not a new one beside it.
    for name in ("base_location", "location"):
        monkeypatch.setitem(storages["private"].__dict__, name, str(settings.PRIVATE_ROOT))


@pytest.fixture(autouse=True)
def _korean() -> Iterator[None]:
    """Every test begins in Korean, whatever language the last request of the one before was in."""
    from django.utils import translation

    with translation.override("ko"):
        yield


@pytest.fixture
def signed_in(client: object) -> object:
    """``signed_in(user=None)`` signs a person in without the door and returns them."""
    from tests.factories.people import person

    def sign_in(user: object = None) -> object:
        user = user or person()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")  # type: ignore[attr-defined]
        return user

    return sign_in
