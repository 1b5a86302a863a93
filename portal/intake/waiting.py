"""What waits for me, as the desk shows it: each kind of work with its words, how many, until when, and where it is done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.ui.parts import Task
from portal.intake import blocks, queries
from portal.intake.models import Call, CallVersion

#: More than this is shown by its calls.
_MOST = 20

_LABELS: Mapping[str, str | Promise] = {
    "eligibility": gettext_lazy("자격검토"),
    "supplement": gettext_lazy("보완 답변 확인"),
    "names": gettext_lazy("가려지지 않은 이름 조치"),
    "assignments": gettext_lazy("배정안 확인"),
    "reopening": gettext_lazy("평가표 다시 열기 요청"),
    "remedy": gettext_lazy("이의신청 구제 실행"),
    "publish": gettext_lazy("공고문 결재"),
    "decide": gettext_lazy("결과 결정"),
    "tell": gettext_lazy("결과 발표"),
    "challenge": gettext_lazy("기피신청 결정"),
    "late_code": gettext_lazy("추가접수 확인"),
    "case": gettext_lazy("선정취소 결정"),
    "appeal": gettext_lazy("이의신청 답변"),
    "invitation": gettext_lazy("위촉 요청과 서약"),
    "sheets": gettext_lazy("평가표 작성"),
    "sign": gettext_lazy("출석 서명"),
    "changed": gettext_lazy("마지막으로 본 뒤에 달라진 것"),
}
_NAMES: Mapping[str, str] = {
    "eligibility": "bench",
    "supplement": "entries",
    "names": "name-hits",
    "assignments": "desk-stage",
    "reopening": "desk-stage",
    "remedy": "appeals",
    "publish": "desk-call",
    "challenge": "challenges",
    "late_code": "late-codes",
    "case": "cases",
    "appeal": "appeals",
    "invitation": "pledge",
    "sheets": "review-call",
    "changed": "desk-call",
}


def _address(row: queries.Waiting, code: str) -> str:
    if row.kind in ("decide", "tell"):
        return reverse("intake:decision", args=[row.key])
    if row.kind == "sign":
        return reverse("intake:sittings")
    arguments = [code] if row.key is None else [code, row.key]
    return reverse(f"intake:{_NAMES[row.kind]}", args=arguments)


def tasks(user: Any, now: datetime) -> list[Task]:
    """One line per kind and call, the next deadline first; what is past its time stands out."""
    found = queries.waiting_for(user, now)[:_MOST]
    calls = _titles({row.call for row in found})
    shown = []
    for row in found:
        code, title = calls[row.call]
        late = row.due is not None and row.due <= now
        tone = "danger" if late else "" if row.kind == "changed" else "warning"
        hint = f"{title} · {_until(row.due, late=late)}" if row.due else title
        words = _("%(n)s건") % {"n": row.count}
        shown.append(Task(_LABELS[row.kind], words, tone, _address(row, code), hint))  # type: ignore[arg-type]
    return shown


def _until(due: datetime, *, late: bool) -> str:
    at = {"at": date_format(timezone.localtime(due), "SHORT_DATETIME_FORMAT")}
    return _("기한 지남: %(at)s") % at if late else _("기한 %(at)s") % at


def _titles(keys: set[int]) -> dict[int, tuple[str, str]]:
    """Code and title of each call; of a draft the title as it is written now."""
    rows = Call.objects.filter(pk__in=keys).select_related("current")
    drafts = CallVersion.objects.filter(call__in=keys, call__current__isnull=True).values_list("call", "title")
    written = {call: blocks.in_language(title) for call, title in drafts}
    return {
        row.pk: (row.code, row.current.title_text if row.current else written.get(row.pk, row.code)) for row in rows
    }


def panel(user: Any, now: datetime) -> Mapping[str, Any] | None:
    """The section of the desk; None when nothing waits."""
    if not user.is_authenticated:
        return None
    found = tasks(user, now)
    return {"tasks": found, "more": reverse("intake:desk-calls")} if found else None
