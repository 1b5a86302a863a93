"""New keys: of the log, which signs checkpoints, and the key-encryption key, which wraps people's keys.

The log's name stays. For thirty days or more every checkpoint carries both signatures, so that whoever checks has time
to take the new policy; then the old key goes. Both ends are leaves, signed by the key that is leaving.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction

from ledger import durable, entry, events, machines, note, openings, policy
from ledger.models import Record, TreeState
from ledger.people import SYSTEM
from ledger.recording import append
from ledger.registry import EventType
from ledger.settling import POLICY, Machinery

OVERLAP = timedelta(days=30)
#: Keys wrapped again in one transaction.
BATCH = 500
ROLE = "ledger_eraser"


class RotationRefused(ValueError):
    """This is not the time for that step, or the keys are not those that the log knows."""


class Key(NamedTuple):
    """A key of the log: since when it counts, and when it was retired."""

    vkey: str
    not_before: str | None
    retired_at: str | None


def begin(machinery: Machinery, vkey: str) -> None:
    """Names the signer's next key in the log and the policy: from now on both keys count.

    The signer holds the key already (`python -m ledger.signer --next`) and signs with both; the local witness learns
    it here, others are told by people. `RotationRefused` when a rotation runs or the key is of another log.
    """
    logs = machinery.rules().logs
    if len(logs) != 1:
        raise RotationRefused("a rotation is under way: retire the old key first")
    if vkey in logs or note.parse_vkey(vkey).name != machinery.origin:
        raise RotationRefused("the new key is another one than the present, under the log's own name")
    if machinery.witness_folder.is_initialised():
        machinery.witness_folder.know(vkey)
    _record(logs[0], vkey)
    _write_policy(machinery, [*logs, vkey])


def retire(machinery: Machinery, now: datetime) -> str:
    """Takes the older of two keys out of the policy, thirty days after the new one joined; answers the one that stays.

    Then the signer forgets it (`python -m ledger.signer --retire`). `RotationRefused` before its time.
    """
    logs = machinery.rules().logs
    if len(logs) != 2:
        raise RotationRefused("no rotation is under way")
    begun = _begun(note.parse_vkey(logs[1]).id)
    if begun is None:
        raise RotationRefused("the log does not name the new key: the policy was written by hand")
    if now < begun + OVERLAP:
        raise RotationRefused(f"both keys sign until {begun + OVERLAP:%Y-%m-%d %H:%M} UTC: 30 days for those who check")
    _write_policy(machinery, [logs[1]])
    if machinery.witness_folder.is_initialised():
        machinery.witness_folder.forget(logs[0])
    return logs[1]


def keys(machinery: Machinery) -> list[Key]:
    """All keys that the log ever had, the oldest first."""
    now = machinery.rules().logs if machinery.policy_file.exists() else ()
    before = list(_policies(machinery))
    known = dict.fromkeys([*(vkey for _, logs in before for vkey in logs), *now])
    return [Key(vkey, _since(vkey), None if vkey in now else _until(vkey, before)) for vkey in known]


def rewrap() -> int:
    """Wraps every key that stands under another key-encryption key again under the present one; answers how many.

    May be stopped and begun again at any time. The key before stays until `openings.drop_previous_kek`.
    """
    done = 0
    while changed := _rewrap_some():
        done += changed
    return done


def rotate_kek() -> int:
    """A new key-encryption key: put in place, all keys wrapped again, a leaf; answers how many keys."""
    before, after = openings.replace_kek()
    count = rewrap()
    with transaction.atomic():
        data = {"part": "kek", "old": before, "new": after, "keys": count}
        append(events.KEY_ROTATED, row=TreeState(id=1), by=SYSTEM, data=data)
    return count


@transaction.atomic
def _rewrap_some() -> int:
    """One batch; rows that another transaction holds are waited for, so that none is left out."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
        cursor.execute(
            "SELECT id, wrapped_dek, kek_id FROM ledger_subject_key WHERE kek_id <> %s AND wrapped_dek IS NOT NULL"
            " ORDER BY id LIMIT %s FOR UPDATE",
            [openings.current_kek_id(), BATCH],
        )
        rows = cursor.fetchall()
        for owner, wrapped, kek_id in rows:
            again, kek = openings.wrap_again(owner, bytes(wrapped), kek_id)
            cursor.execute(
                "UPDATE ledger_subject_key SET wrapped_dek = %s, kek_id = %s WHERE id = %s", [again, kek, owner]
            )
        cursor.execute("RESET ROLE")
    return len(rows)


@transaction.atomic
def _record(old: str, new: str) -> None:
    data = {"part": "log", "old": note.parse_vkey(old).id.hex(), "new": note.parse_vkey(new).id.hex()}
    append(events.KEY_ROTATED, row=TreeState(id=1), by=SYSTEM, data=data)


def _write_policy(machinery: Machinery, logs: list[str]) -> None:
    """The policy with these keys of the log in place of those before; named in the log, kept in the public folder.

    The one before stays under its hash too: receipts of its time are checked by it.
    """
    _keep(machinery, machinery.policy_file.read_bytes())
    lines = machinery.policy_file.read_text("utf-8").splitlines()
    rest = [line for line in lines if line.split()[:1] != ["log"]]
    text = "\n".join([*(f"log {vkey}" for vkey in logs), *rest]) + "\n"
    sha256 = machines.digest(text.encode())
    with transaction.atomic():
        append(events.POLICY_PUBLISHED, row=TreeState(id=1), by=SYSTEM, data={"sha256": sha256})
    _keep(machinery, text.encode())
    durable.write(machinery.public / POLICY, text.encode())
    durable.write(machinery.policy_file, text.encode())


def _keep(machinery: Machinery, text: bytes) -> None:
    folder = machinery.public / "policies"
    durable.make_folder(folder)
    durable.write(folder / machines.digest(text), text)


def _since(vkey: str) -> str | None:
    """When a key joined, or, for the first one, when the log signed for the first time."""
    begun = _begun(note.parse_vkey(vkey).id)
    if begun is not None:
        return begun.isoformat()
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(signed_at) FROM ledger_checkpoint")
        first = cursor.fetchone()[0]
    return first.isoformat() if first else None


def _policies(machinery: Machinery) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every policy that the log names and the public folder still holds: since when, and the log's keys in it."""
    for leaf in _told(events.POLICY_PUBLISHED):
        file = machinery.public / "policies" / leaf["data"]["sha256"]
        if file.exists():
            yield leaf["at"], policy.parse(file.read_text("utf-8")).logs


def _until(vkey: str, policies: list[tuple[str, tuple[str, ...]]]) -> str | None:
    """When the first policy without a key came after one with it."""
    named = False
    for at, logs in policies:
        if named and vkey not in logs:
            return at
        named = named or vkey in logs
    return None


def _begun(key_id: bytes) -> datetime | None:
    """When the log named this key as its new one."""
    for leaf in _told(events.KEY_ROTATED):
        if leaf["data"]["part"] == "log" and leaf["data"]["new"] == key_id.hex():
            return datetime.fromisoformat(leaf["at"])
    return None


def _told(event: EventType) -> Iterator[dict[str, Any]]:
    """The log's own leaves of one type, in their order."""
    rows = Record.objects.filter(subject_table=TreeState._meta.db_table).order_by("id").values_list("leaf", flat=True)
    leaves = (entry.parse_leaf(bytes(leaf)) for leaf in rows)
    return (leaf for leaf in leaves if leaf["type"] == event.label)
