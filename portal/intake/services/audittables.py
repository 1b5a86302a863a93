"""What an audit file lists: every table of a round, its columns and a sentence for the guide; and what it leaves out, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import QuerySet

from portal.intake.models import Call

_RECEIPT = "application__receipt_number"
_ENTERED = "application__call"
_SHEET = "sheet__assignment"


@dataclass(frozen=True, slots=True)
class Listed:
    """One CSV file: the model, the way from a row to its call, the columns, and what the guide says of it."""

    name: str
    model: str
    call: str
    columns: tuple[str, ...]
    ko: str
    en: str

    def rows(self, call: Call) -> QuerySet[Any]:
        """The rows of a call, in the order in which they came to be. Drafts are their companies' alone."""
        found: QuerySet[Any] = _model(self.model)._default_manager.filter(**{self.call: call})
        if self.model == "Application":
            found = found.exclude(status="DRAFT")
        elif self.call == _ENTERED:
            found = found.exclude(application__status="DRAFT")
        return found.order_by("pk").values_list(*self.columns)


def _model(name: str) -> Any:
    return apps.get_model("intake", name)


# fmt: off
TABLES: tuple[Listed, ...] = (
    Listed("applications", "Application", "call", ("receipt_number", "case_ref", "track__code", "status", "submitted_at", "quota_track__code", "beyond_quota"), "신청서", "applications"),
    Listed("revisions", "Revision", _ENTERED, (_RECEIPT, "number", "sha256", "received_at", "salt", "leaf_id"), "제출본의 해시와 접수 시각", "what was sent: hash and instant"),
    Listed("files", "Attachment", _ENTERED, (_RECEIPT, "block", "content_type", "size", "sha256", "scan", "uploaded_at", "removed_at"), "첨부 파일의 해시", "attached files by their hash"),
    Listed("findings", "EligibilityFinding", _ENTERED, (_RECEIPT, "rule", "version", "value", "evidence", "outcome", "found_at"), "자격검토", "eligibility findings"),
    Listed("supplements", "SupplementRequest", _ENTERED, (_RECEIPT, "stage__code", "blocks", "missing", "due_at", "status", "asked_at", "answer__number"), "보완요청과 평가단계의 추가 문항", "supplements asked, and questions of a stage"),
    Listed("bonuses", "BonusFinding", _ENTERED, (_RECEIPT, "item__code", "item__points", "counted", "paper__sha256", "reason", "found_at"), "가점 확인", "bonus findings"),
    Listed("late_codes", "LateCode", "call", ("public_id", "organisation__name_ko", "reason", "evidence", "issued_at", "expires_at", "confirmed_at", "used_at", _RECEIPT), "추가접수 코드", "late-entry codes"),
    Listed("panels", "Panel", "stage__call", ("stage__code", "formed_at"), "평가위원회", "panels"),
    Listed("members", "Member", "panel__stage__call", ("panel__stage__code", "evaluator", "status", "is_chair", "is_substitute", "left_reason"), "평가위원(번호)", "panel members, by number"),
    Listed("pledges", "Pledge", "call", ("evaluator", "text_version", "signed_at"), "서약", "pledges"),
    Listed("conflicts", "Conflict", "call", ("evaluator", "organisation__name_ko", "ground", "scope", "reason", "declared_at"), "이해충돌", "conflicts"),
    Listed("challenges", "Challenge", _ENTERED, (_RECEIPT, "evaluator", "grounds", "from_form", "evidence__sha256", "filed_at", "decide_by", "status", "reasons", "decided_at"), "기피신청", "challenges"),
    Listed("name_searches", "NameSearch", "stage__call", ("stage__code", _RECEIPT, "revision", "searched_at"), "가린 평가 전의 이름 검색", "searches for names before a blind stage"),
    Listed("names", "NameHit", "stage__call", ("stage__code", _RECEIPT, "block", "outcome", "note", "settled_at"), "발견한 이름과 조치", "names found and what was done"),
    Listed("sittings", "Sitting", "stage__call", ("public_id", "stage__code", "starts_at", "ends_at", "place", "called_at", "cancelled_at"), "평가회의", "sittings"),
    Listed("sittings_heard", "Sitting_files", "sitting__stage__call", ("sitting__public_id", _RECEIPT), "회의에서 들은 신청서", "files heard at a sitting"),
    Listed("attendances", "Attendance", "sitting__stage__call", ("sitting__public_id", "member__evaluator", "identified_by", "recorded_at", "signed_at"), "출석확인", "presence at sittings"),
    Listed("assignments", "Assignment", "stage__call", ("stage__code", _RECEIPT, "member__evaluator", "alias", "status"), "배정", "assignments"),
    Listed("sheets", "ScoreSheet", "assignment__stage__call", ("assignment__stage__code", f"assignment__{_RECEIPT}", "assignment__member__evaluator", "attempt", "status", "locked_at", "comment"), "평가표", "score sheets"),
    Listed("scores", "ScoreItem", f"{_SHEET}__stage__call", (f"{_SHEET}__stage__code", f"{_SHEET}__{_RECEIPT}", f"{_SHEET}__member__evaluator", "sheet__attempt", "sheet__status", "criterion__code", "score", "reason"), "항목점수", "scores per criterion"),
    Listed("reserve", "ReserveEntry", _ENTERED, (_RECEIPT, "track__code", "order", "status", "valid_until", "skips"), "예비순위", "the reserve"),
    Listed("notices", "ResultNotice", _ENTERED, (_RECEIPT, "content", "readable_at", "appeal_until"), "결과통지", "results as told"),
    Listed("appeals", "Appeal", _ENTERED, (_RECEIPT, "grounds", "status", "filed_at", "due_at", "extended_at", "extension_reason", "remedy", "reasons", "decided_at"), "이의신청", "appeals"),
    Listed("cases", "DisqualificationCase", _ENTERED, (_RECEIPT, "ground", "evidence", "noticed_at", "reply_by", "reply", "status", "reasons", "decided_at"), "선정취소 절차", "disqualification cases"),
    Listed("holds", "RetentionHold", "call", (_RECEIPT, "basis", "reason", "placed_at", "lifted_at"), "파기 보류", "holds on destruction"),
    Listed("destructions", "DestructionRecord", "call", ("kind", "policy", "applications", "files", "executed_at"), "파기 기록", "records of destruction"),
    Listed("statute_copies", "StatuteCopy", _ENTERED, (_RECEIPT, "law", "keep_until", "made_at", "destroyed_in__executed_at"), "법정 보존 사본(내용 제외)", "copies kept by law, without their content"),
    Listed("accesses", "Access", "call", ("at", "role", "what", _RECEIPT), "열람 기록", "who opened what, by role"),
)
# fmt: on

#: Told whole in another file of the archive.
IN_JSON: Mapping[str, str] = {
    "Call": "versions.json",
    "CallVersion": "versions.json",
    "Track": "versions.json",
    "Stage": "versions.json",
    "Criterion": "versions.json",
    "BonusItem": "versions.json",
    "RankingRun": "runs/",
    "Decision": "decisions.json",
    "DecisionLine": "decisions.json",
}
#: Not in the archive, and why.
LEFT_OUT: Mapping[str, str] = {
    "Evaluator": "judges appear by number; who they are is the sealed second file",
    "Interest": "declared for every cluster and call; what it excluded from stands under conflicts, its leaves in the ledger",
    "AuditArchive": "this archive and its sisters; who opened them stands under accesses",
    "Draft": "what was never sent is its company's alone",
    "PagePresence": "who is writing which page this minute; nothing is decided by it",
    "RatingTicket": "ratings are anonymous: who rated is nobody's business",
    "RatingCount": "shown from five companies on, on the page of the call; a count below would tell who",
}


def tables(call: Call) -> Iterator[tuple[str, QuerySet[Any], tuple[str, ...]]]:
    """Name, rows and columns of every list."""
    for listed in TABLES:
        yield listed.name, listed.rows(call), listed.columns


def guide_lines() -> Iterator[str]:
    """One line for each file of the archive."""
    for listed in TABLES:
        yield f"- {listed.name}.csv: {listed.ko} / {listed.en}"
    yield "- versions.json: 공고문과 정정공고, 모집부문, 평가단계, 평가항목, 가점 / the call in all its versions"
    yield "- runs/: 집계의 입력과 결과 / inputs and results of every ranking"
    yield "- decisions.json: 결정과 결정내역 / decisions with their lines"
    yield "- ledger/: 감사원장의 기록, 증명, 봉인을 푸는 값 / leaves, proofs and openings"
    yield "- manifest.json: 모든 파일의 SHA-256 / the SHA-256 of every file"
