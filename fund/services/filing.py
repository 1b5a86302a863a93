"""A manager's report from the file to the books: kept as it came, held against the books, applied as it was read, once."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from fund import queries, report_words, rules
from fund.enums import UploadStatus
from fund.models import SubFund, Upload
from fund.services import taking
from fund.services.books import lock, still
from fund.workbook.cells import Bad
from fund.workbook.comparing import Compared, Known, Row, compare
from fund.workbook.reading import Read, read_workbook
from fund.workflow import UPLOAD
from ledger import log
from portal.core.errors import Invalid, Refused
from portal.core.periods import SEOUL
from portal.core.transition import advance
from portal.intake.canonical import digest
from portal.intake.enums import Scan
from portal.intake.services.files import inspect_upload
from portal.intake.services.scanning import scan

#: A workbook of 5,000 rows is half a megabyte.
MOST_BYTES = 8 * 2**20
_REASON = 400


def receive_upload(
    *, sub_fund: SubFund, end: date, content: File[Any], by: Any, now: datetime, reason: str = ""
) -> Upload:
    """Keep the file and hold it against the books. ``Invalid`` (of ``file`` or ``reason``) for what is not ours or not due.

    The file that was applied last comes back as the row it was applied from; one that is open gives way to the new one.
    """
    role = rules.check_can_report(by, sub_fund)
    _check_due(sub_fund, end, now)
    found = inspect_upload(content.name or "", content, types=("xlsx",), most=MOST_BYTES, field="file")
    content.seek(0)
    data = content.read()
    said = read_for(sub_fund, end, data)
    scanned = _scan(data)
    with transaction.atomic():
        lock(sub_fund.programme, sub_fund)
        before = queries.filing.applied(sub_fund, end)
        if before is not None and before.sha256 == found.sha256:
            return before
        reason = _reason(reason, before)
        for other in sub_fund.uploads.filter(end_date=end, status__in=["RECEIVED", "CHECKED"]):
            _close(other, by, role, now, "새 파일을 올렸습니다.")
        row = Upload(
            sub_fund=sub_fund, end_date=end, corrects=before, reason=reason, name=found.name, size=found.size,
            content_type=found.content_type, sha256=found.sha256, uploaded_by=by, uploaded_at=now, scan=scanned,
        )  # fmt: skip
        content.seek(0)
        row.file.save(found.name, content, save=True)
        data_told = {"on": end, "file": row.sha256, "correction": before is not None}
        private = {"reason": reason} if reason else None
        log.append("fund.upload.received", row=row, by=by.acting_as(role), data=data_told, private=private)
        _keep_check(row, said, by, role, now)
    return row


def _check_due(sub_fund: SubFund, end: date, now: datetime) -> None:
    today = now.astimezone(SEOUL).date()
    if not any(task.end == end for task in queries.reporting.tasks([sub_fund], today=today)):
        raise Refused(_("이 분기에는 보고할 것이 없습니다."))


def read_for(sub_fund: SubFund, end: date, data: bytes) -> Read:
    """What the file says, where it is our layout for this sub-fund and quarter; else ``Invalid`` of ``file``."""
    try:
        said = read_workbook(data)
        if said.sub_fund != sub_fund.code:
            raise Bad("other_fund", fund=said.sub_fund)
        if said.end != end:
            raise Bad("other_quarter", end=said.end.isoformat())
    except Bad as bad:
        raise Invalid(report_words.told_of(bad), field="file") from bad
    return said


def _scan(data: bytes) -> Scan:
    """At once, for nothing is read out of a file before; where no scanner is set up it says so."""
    if not settings.CLAMD_ADDRESS:
        return Scan.NONE
    try:
        found = scan([data], settings.CLAMD_ADDRESS)
    except OSError as fault:
        raise Refused(_("지금은 파일을 검사할 수 없습니다. 잠시 뒤에 다시 올려 주십시오.")) from fault
    if found:
        raise Invalid(_("파일에서 악성코드가 발견되어 받지 않았습니다. 안전한 파일을 올려 주십시오."), field="file")
    return Scan.CLEAN


def _reason(reason: str, before: Upload | None) -> str:
    """Why the report that stands is corrected; nothing for a first one."""
    if before is None:
        return ""
    kept = reason.strip()
    if not kept:
        raise Invalid(_("이미 반영한 분기입니다. 정정하는 이유를 적어 주십시오."), field="reason")
    if len(kept) > _REASON:
        raise Invalid(_("이유는 400자까지 적을 수 있습니다."), field="reason")
    return kept


@transaction.atomic
def check_upload(*, upload: Upload, by: Any, now: datetime) -> None:
    """Hold the kept file against the books as they are now."""
    role = rules.check_can_report(by, upload.sub_fund)
    lock(upload.sub_fund.programme, upload.sub_fund)
    still(upload)
    _check_open(upload)
    _keep_check(upload, read_for(upload.sub_fund, upload.end_date, stored(upload)), by, role, now)


def _keep_check(row: Upload, said: Read, by: Any, role: str, now: datetime) -> None:
    found = queries.filing.known(row.sub_fund, row.end_date)
    result = plain(compare(said, found), found)
    changes = {"result": result, "digest": digest(result), "checked_at": now}
    told = {"on": row.end_date, "file": row.sha256, "result": changes["digest"]}
    advance(row, UploadStatus.CHECKED, by=by.acting_as(role), steps=UPLOAD, data=told, changes=changes)


@transaction.atomic
def apply_upload(*, upload: Upload, digest_seen: str, by: Any, now: datetime) -> None:
    """Take over what the person saw: values are submitted, vouchers proposed, differences recorded. All or nothing.

    ``Invalid`` when the books would answer otherwise now; the file is then to be checked again.
    """
    role = rules.check_can_report(by, upload.sub_fund)
    lock(upload.sub_fund.programme, upload.sub_fund)
    still(upload)
    _check_open(upload)
    said = read_for(upload.sub_fund, upload.end_date, stored(upload))
    found = queries.filing.known(upload.sub_fund, upload.end_date)
    compared = compare(said, found)
    if upload.digest != digest_seen or digest(plain(compared, found)) != upload.digest:
        raise Invalid(_("확인하신 뒤에 장부가 바뀌었습니다. ‘다시 확인하기’를 눌러 달라진 내용을 보아 주십시오."))
    if compared.refused:
        raise Refused(_("고칠 행이 남아 있어 반영할 수 없습니다. 오류 파일을 내려받아 고친 뒤 다시 올려 주십시오."))
    acting = by.acting_as(role)
    taking.take(upload, compared, by=by, acting=acting, now=now)
    told = {
        "on": upload.end_date, "file": upload.sha256, "result": upload.digest,
        "correction": upload.corrects_id is not None,
    }  # fmt: skip
    changes = {"ended_by": by, "ended_at": now}
    advance(upload, UploadStatus.APPLIED, by=acting, steps=UPLOAD, data=told, changes=changes)


def _check_open(upload: Upload) -> None:
    if upload.status not in (UploadStatus.RECEIVED, UploadStatus.CHECKED):
        raise Refused(_("이미 반영했거나 닫은 보고서입니다."))
    stands = queries.filing.applied(upload.sub_fund, upload.end_date)
    if (stands.pk if stands else None) != upload.corrects_id:
        raise Refused(_("그 사이 이 분기의 보고를 반영했습니다. 고칠 것이 있으면 정정할 파일을 새로 올려 주십시오."))


@transaction.atomic
def close_upload(*, upload: Upload, by: Any, now: datetime) -> None:
    """Give an open file up; it stays on record."""
    role = rules.check_can_report(by, upload.sub_fund)
    lock(upload.sub_fund.programme, upload.sub_fund)
    still(upload)
    if upload.status not in (UploadStatus.RECEIVED, UploadStatus.CHECKED):
        raise Refused(_("이미 반영했거나 닫은 보고서입니다."))
    _close(upload, by, role, now, "올린 사람이 닫았습니다.")


def _close(row: Upload, by: Any, role: str, now: datetime, reason: str) -> None:
    told = {"on": row.end_date, "file": row.sha256}
    changes = {"ended_by": by, "ended_at": now}
    advance(row, UploadStatus.REFUSED, by=by.acting_as(role), steps=UPLOAD, reason=reason, data=told, changes=changes)


def stored(upload: Upload) -> bytes:
    """The kept file; ``Refused`` where it is no longer what was handed in."""
    try:
        with upload.file.open("rb") as content:
            data: bytes = content.read()
    except OSError as fault:
        raise Refused(_("보관한 파일을 읽을 수 없습니다. 파일을 다시 올려 주십시오.")) from fault
    if hashlib.sha256(data).hexdigest() != upload.sha256:
        raise Refused(_("보관한 파일이 올리신 파일과 다릅니다. 파일을 다시 올려 주십시오."))
    return data


def plain(compared: Compared, known: Known) -> dict[str, Any]:
    """What a check found, as it is kept and digested."""
    return {
        "rows": [_plain_row(row) for row in compared.rows],
        "totals": {name: list(sides) for name, sides in compared.totals.items()},
        "names": {key: asset.company for key, asset in known.assets.items()},
    }


def _plain_row(row: Row) -> dict[str, Any]:
    values = {name: _plain_value(value) for name, value in row.values.items() if value not in (None, "")}
    made: dict[str, Any] = {"sheet": row.sheet, "row": row.number, "key": row.key, "state": row.state, "values": values}
    made["why"] = [{"code": why.code, "cell": why.cell, "params": why.params} for why in row.why]
    return made if row.ours is None else {**made, "ours": row.ours, "theirs": row.theirs}


def _plain_value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
