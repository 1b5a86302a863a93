"""감사자료: one archive per call that a council's auditor checks offline, and beside it the sealed key to the judges."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import logging
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import IO, Any

from django.core.cache import cache
from django.core.files.base import File
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from ledger import log
from portal.accounts.models import Organisation
from portal.core import outbox
from portal.core.errors import NotAllowed
from portal.intake import queries, rules
from portal.intake.models import AuditArchive, Call, Decision, Evaluator, RankingRun
from portal.intake.services.access import record_access
from portal.intake.services.audittables import guide_lines, tables
from portal.intake.services.calls import definition
from portal.intake.services.keeping import TOPIC as DESTROY_FILE

GUIDE = """감사자료 {code}

이 묶음은 한 공고의 전 과정을 담고 있습니다. 평가위원은 번호로만 적혀 있습니다. 번호와 이름의 대조표(judges.csv)는 따로 봉인해
전하며, 그 SHA-256은 manifest.json의 "judges"에 있습니다.

확인하는 방법 (인터넷과 데이터베이스 없이):
1. 파일이 바뀌지 않았는지와 모든 순위·선정이 다시 계산해도 같은지:
   python manage.py intake_recount 이파일.zip
2. 결정 하나가 공개 감사원장에 그대로 있는지 (ledger/index.csv에서 번호를 찾아):
   python -m ledger.verify proof ledger/번호/leaf.tlog-proof --leaf ledger/번호/leaf.json --policy POLICY
   POLICY는 감사원장 운영 주소에서 직접 받은 것을 쓰십시오. 이 묶음에도 사본(ledger/policy)이 있습니다.
3. 봉인된 값(접수 내용의 해시, 평가표, 결정 명단)이 그때의 값과 같은지:
   python -m ledger.verify opening ledger/번호/openings.json --leaf ledger/번호/leaf.json

This archive holds the whole course of one call; judges appear by number only. The three commands above check the files and
every ranking again, each decision against the public ledger, and each sealed value against its commitment.

담은 자료 / What it holds:
{files}
"""


#: How long an archive is handed out; a newer one takes its place.
KEPT = timedelta(days=7)
#: Leaves become public within seconds; what fails is tried again later.
_SOON, _LATER = timedelta(seconds=5), timedelta(minutes=5)
_TOLD_EVERY = 20

logger = logging.getLogger(__name__)


class _Keys:
    """Opens what belongs to the call: cases, sheets, decisions; never who a person is."""

    def __init__(self, keys: Iterable[str]) -> None:
        self.keys = set(keys)

    def ledger_keys(self) -> set[str]:
        return self.keys


@transaction.atomic
def order_audit_file(*, call: Call, by: Any, now: datetime) -> AuditArchive:
    """감사자료를 만들게 함: the worker makes it. Whoever orders while one is in the making gets that one."""
    rules.check_can_make_audit_file(by, call)
    Call.objects.select_for_update(no_key=True).get(pk=call.pk)
    in_work = call.archives.filter(made_at__isnull=True).first()
    return in_work or AuditArchive.objects.create(call=call, asked_by=by, asked_at=now, due_at=now)


def make_audit_files(*, now: datetime) -> int:
    """Make what was ordered, one after the other, each under the lock of its row; returns how many were made."""
    made = 0
    while True:
        with transaction.atomic():
            waiting = AuditArchive.objects.filter(made_at__isnull=True, due_at__lte=now).select_related("call__current")
            archive = waiting.select_for_update(skip_locked=True, of=("self",)).order_by("due_at", "pk").first()
            if archive is None:
                return made
            made += _make(archive, now)


def _make(archive: AuditArchive, now: datetime) -> bool:
    """One archive; False when it has to wait: for leaves that are not public yet, or because something failed."""
    wait = _LATER
    try:
        with transaction.atomic(), tempfile.TemporaryFile() as file:
            write_audit_file(call=archive.call, file=file, now=now, told=lambda *far: _tell_progress(archive, *far))
            _store(archive, file, now)
            return True
    except log.NotYetWitnessed:
        wait = _SOON
    except Exception:
        # One that cannot be made keeps nobody else's from being made.
        logger.exception("the audit file of call %s was not made", archive.call_id)
    AuditArchive.objects.filter(pk=archive.pk).update(due_at=now + wait)
    return False


def _store(archive: AuditArchive, file: IO[bytes], now: datetime) -> None:
    """Keep the archive; those before it give way."""
    kept, digest = File(file), hashlib.sha256()
    archive.size = file.seek(0, io.SEEK_END)
    for chunk in kept.chunks():
        digest.update(chunk)
    archive.made_at, archive.sha256 = now, digest.hexdigest()
    file.seek(0)
    archive.file.save("audit.zip", kept, save=False)
    archive.save(update_fields=["made_at", "size", "sha256", "file"])
    _remove(AuditArchive.objects.filter(call=archive.call_id).exclude(pk=archive.pk), now)


def clear_audit_files(*, now: datetime) -> int:
    """Destroy the archives whose time is over; returns how many."""
    return _remove(AuditArchive.objects.filter(made_at__lte=now - KEPT), now)


def _remove(archives: QuerySet[AuditArchive], now: datetime) -> int:
    with transaction.atomic():
        gone = list(archives.filter(made_at__isnull=False, removed_at__isnull=True).select_for_update())
        for archive in gone:
            outbox.put(DESTROY_FILE, {"name": archive.file.name})
        AuditArchive.objects.filter(pk__in=[archive.pk for archive in gone]).update(file="", removed_at=now)
    return len(gone)


def _tell_progress(archive: AuditArchive, done: int, total: int) -> None:
    """For the page of whoever waits; the cache, because the making is one transaction."""
    cache.set(f"audit:{archive.pk}", (done, total), timeout=600)


def progress_of(archive: AuditArchive) -> tuple[int, int]:
    """How many parts of how many lie in the archive; (0, 0) while nobody knows."""
    found: tuple[int, int] = cache.get(f"audit:{archive.pk}") or (0, 0)
    return found


@transaction.atomic
def open_audit_file(*, archive: AuditArchive, by: Any, now: datetime) -> AuditArchive:
    """The archive for whoever downloads it; the reading is noted. Raises ``NotAllowed`` when it is no longer kept."""
    role = rules.check_can_make_audit_file(by, archive.call)
    if archive.made_at is None or archive.removed_at is not None:
        raise NotAllowed(_("이 감사자료는 더 보관하지 않습니다. 새로 만들어 주십시오."))
    record_access(call=archive.call, what="audit_file", by=by, role=role, now=now)
    return archive


def write_audit_file(*, call: Call, file: IO[bytes], now: datetime, told: Callable[[int, int], None]) -> None:
    """Put everything about a call together, part by part, so that a large call needs no large memory.

    ``told(done, total)`` hears how far it is. Raises ``NotYetWitnessed`` while a leaf is not public yet.
    """
    judges, hashes = _key(call), {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in _parts(call, told):
            archive.writestr(name, data)
            hashes[name] = hashlib.sha256(data).hexdigest()
        manifest = {
            "call": call.code,
            "made_at": now.isoformat(),
            "files": dict(sorted(hashes.items())),
            "judges": hashlib.sha256(judges).hexdigest(),
        }
        archive.writestr("manifest.json", _json(manifest))


@transaction.atomic
def open_judges_key(*, call: Call, by: Any, now: datetime) -> bytes:
    """The sealed second file alone; the reading is noted. Its SHA-256 stands in every archive of the call as it is now."""
    role = rules.check_can_open_judges_key(by, call)
    record_access(call=call, what="audit_key", by=by, role=role, now=now)
    return _key(call)


def _key(call: Call) -> bytes:
    return _table(("judge", "name", "email", "employer"), _judges(call)).encode("utf-8-sig")


def _judges(call: Call) -> Iterator[Sequence[Any]]:
    rows = Evaluator.objects.filter(memberships__panel__stage__call=call).select_related("user").distinct()
    for row in rows.order_by("pk"):
        yield row.pk, row.user.name, row.user.email, row.employer


def _parts(call: Call, told: Callable[[int, int], None]) -> Iterator[tuple[str, bytes]]:
    # The ledger first: it is nearly all of the work, and what is not public yet is found there.
    yield from _ledger(call, told)
    yield "README.txt", GUIDE.format(code=call.code, files="\n".join(guide_lines())).encode()
    yield "versions.json", _json([_version(version) for version in call.versions.exclude(published_at=None)])
    for name, rows, columns in tables(call):
        yield f"{name}.csv", _table(columns, rows).encode("utf-8-sig")
    for run in call.runs.order_by("number"):
        yield f"runs/{run.number}.json", _json(_run(run))
    yield "decisions.json", _json([_decision(row) for row in call.decisions.exclude(status="DRAFT")])


def _version(version: Any) -> dict[str, Any]:
    return {"digest": version.digest, "reason": version.reason, "definition": definition(version)}


def _all(model: str, **filters: Any) -> QuerySet[Any]:
    from django.apps import apps

    rows: QuerySet[Any] = apps.get_model("intake", model)._default_manager.filter(**filters).order_by("pk")
    return rows


def _run(run: RankingRun) -> dict[str, Any]:
    names = ("number", "sha256", "module", "inputs", "result")
    return {name: getattr(run, name) for name in names} | {"stage": run.stage.code if run.stage else None}


def _decision(decision: Decision) -> dict[str, Any]:
    columns = ("application__case_ref", "application__receipt_number", "outcome", "place", "total", "cutoff", "passed", "tie", "quota_track__code", "reserve_order", "beyond_quota", "reasons")  # fmt: skip
    return {
        "kind": decision.kind,
        "stage": decision.stage.code if decision.stage else None,
        "status": decision.status,
        "run": decision.run.number if decision.run else None,
        "reason": decision.reason,
        "decided_at": decision.decided_at,
        "published_at": decision.published_at,
        "lines": list(decision.lines.order_by("application__case_ref").values(*columns)),
    }


def _ledger(call: Call, told: Callable[[int, int], None]) -> Iterator[tuple[str, bytes]]:
    """Leaf, proof and openings of every decision in the call, with the policy they are checked by."""
    index: list[tuple[Any, str, str]] = []
    members = _all("Member", panel__stage__call=call).values_list("pk", flat=True)
    companies = Organisation.objects.filter(applications__call=call).distinct()
    keys = {f"member:{pk}" for pk in members} | {key for company in companies for key in company.ledger_keys}
    rows = queries.ledger_rows(call)
    leaves = {table: log.leaves_of(table, pks) for table, pks in rows.items()}
    total = sum(map(len, leaves.values()))
    for table, pks in rows.items():
        reader = _Keys(keys | {f"{table}:{pk}" for pk in pks})
        for leaf_id in leaves[table]:
            receipt = zipfile.ZipFile(io.BytesIO(log.receipt(leaf_id, reader)))
            if len(index) % _TOLD_EVERY == 0:
                told(len(index), total)
            index.append((leaf_id, table, json.loads(receipt.read("leaf.json"))["type"]))
            for name in receipt.namelist():
                if name != "policy":
                    yield f"ledger/{leaf_id}/{name}", receipt.read(name)
    if index:
        yield "ledger/policy", receipt.read("policy")
    yield "ledger/index.csv", _table(("leaf", "table", "type"), index).encode("utf-8-sig")


def _table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow([column.replace("__", ".") for column in columns])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return file.getvalue()


def _cell(value: Any) -> Any:
    """Plain text; what a spreadsheet would take for a formula is shown as it is written."""
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value.isoformat() if isinstance(value, datetime) else value


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, default=str).encode()
