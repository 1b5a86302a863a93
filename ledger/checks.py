"""Start-up checks: settings without which the ledger's promises do not hold."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks
from django.db import connection

REQUIRED = ("ORIGIN", "PUBLIC_DIR", "SIGNER_DIR", "WITNESS_DIR", "STATE_DIR", "KEK_FILE", "POLICY_FILE")


@checks.register("ledger")
def settings_are_complete(**kwargs: Any) -> Sequence[checks.CheckMessage]:
    """Every folder and name of the ledger is set."""
    missing = [name for name in REQUIRED if not getattr(settings, "LEDGER", {}).get(name)]
    if missing:
        return [checks.Error(f"LEDGER lacks {', '.join(missing)}", id="ledger.E001")]
    return []


@checks.register(checks.Tags.database)
def commits_are_durable(databases: Sequence[str] | None = None, **kwargs: Any) -> Sequence[checks.CheckMessage]:
    """A decision that was acknowledged is on the disk: `synchronous_commit` and `fsync` are on."""
    if not databases or "default" not in databases:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name IN ('synchronous_commit', 'fsync')")
        off = [name for name, setting in cursor.fetchall() if setting == "off"]
    return [checks.Error(f"{name} is off: an acknowledged decision could be lost", id="ledger.E002") for name in off]
