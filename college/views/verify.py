"""Anybody checks a certificate: by QR, by number, by file. No sign-in, no JavaScript; nothing given is kept."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from college import credentials, issuers, papers, queries, services, tables
from college.credentials import Verdict
from college.enums import CredentialStatus
from college.forms import NameForm, NumberForm, PaperForm
from college.models import Credential
from college.views.shared import SignedIn
from portal.core.clock import database_now
from portal.core.errors import Late, NotAllowed
from portal.core.papers import answer
from portal.core.ui.parts import Row
from portal.core.ui.trying import tried

TRIES, TRIES_WITHIN_S = 5, 3600


def front(request: HttpRequest) -> HttpResponse:
    """A number or a file; the file's verdict is shown at once."""
    number, paper = NumberForm(), PaperForm()
    if request.method == "POST" and "number" in request.POST:
        number = NumberForm(request.POST)
        found = queries.by_number(number.cleaned_data["number"]) if number.is_valid() else None
        if found is not None:
            return redirect("college:certificate", public_id=found.public_id)
        if number.is_valid():
            number.add_error("number", _("그런 번호의 수료증이 없습니다. 번호를 다시 확인해 주십시오."))
    elif request.method == "POST":
        paper = PaperForm(request.POST, request.FILES)
        if paper.is_valid():
            return _paper_page(request, paper.cleaned_data["paper"])
    context = {"number": number, "paper": paper}
    return render(request, "college/verify.html", context, status=422 if number.errors or paper.errors else 200)


def _paper_page(request: HttpRequest, content: bytes) -> HttpResponse:
    verdict = credentials.verify(content, at=database_now())
    document = verdict.document or {}
    own = _own_of(document)
    context = {
        "verdict": verdict,
        "sentence": _sentence(verdict, own),
        "checks": _checks(verdict),
        "facts": _facts_of(document),
        "credential": own,
    }
    return render(request, "college/verdict.html", context)


def _own_of(document: dict[str, Any]) -> Credential | None:
    try:
        return queries.certificate_of(UUID(str(document.get("id", "")).removeprefix("urn:uuid:")))
    except ValueError:
        return None


def certificate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The page behind the QR: status with dates, course, campus; the name only as yes or no."""
    found, now = _found(public_id), database_now()
    verdict = credentials.verify(services.document_of(found, "both"), at=now)
    form, matches = NameForm(), None
    if request.method == "POST":
        form = NameForm(request.POST)
        if form.is_valid():
            matches = _same_name(request, found, form.cleaned_data["name"])
    context = {
        "credential": found,
        "verdict": verdict,
        "sentence": _sentence(verdict, found),
        "tone": "success" if verdict.ok and verdict.issuer_known else "danger",
        "facts": _facts(found, named=found.name_public),
        "checks": _checks(verdict),
        "form": form,
        "matches": matches,
        "next": getattr(found, "replaced_by", None),
    }
    return render(request, "college/certificate.html", context, status=422 if form.errors else 200)


def _found(public_id: UUID) -> Credential:
    found = queries.certificate_of(public_id)
    if found is None:
        raise Http404
    return found


def _same_name(request: HttpRequest, credential: Credential, name: str) -> bool:
    """Five tries an hour for one certificate, so that nobody guesses the name."""
    key = f"college.name:{credential.pk}"
    cache.add(key, 0, TRIES_WITHIN_S)
    if cache.incr(key) > TRIES:
        raise Late(_("이름 확인은 한 시간에 다섯 번까지 할 수 있습니다. 나중에 다시 해 주십시오."))
    typed, held = (unicodedata.normalize("NFC", text).replace(" ", "").casefold() for text in (name, credential.holder))
    return typed == held


def _sentence(verdict: Verdict, own: Credential | None) -> str:
    if own is not None and own.status == CredentialStatus.SUPERSEDED:
        return _("새 수료증으로 교체되어 더는 유효하지 않습니다.")
    if verdict.reason == "status.revoked" and own is not None:
        return _("취소된 수료증입니다(%(day)s).") % {"day": tables.day_of(own.ended_at)}
    if verdict.reason == "status.suspended":
        return _("효력이 정지된 수료증입니다. 확인이 끝날 때까지 유효하지 않습니다.")
    if not verdict.ok:
        return _("유효하지 않은 수료증입니다.")
    if not verdict.issuer_known:
        return _("서명은 맞지만 이 칼리지가 발급한 수료증인지 알 수 없습니다.")
    since = own.issued_at if own else None
    return _("유효한 수료증입니다. 발급일 %(day)s.") % {"day": tables.day_of(since)}


def _checks(verdict: Verdict) -> list[Row]:
    words = {True: _("맞음"), False: _("맞지 않음"), None: _("해당 없음")}
    return [Row(_label(check.name), words[check.ok]) for check in verdict.checks]


def _label(name: str) -> str:
    labels = {
        "json": _("파일 읽기"),
        "format": _("수료증 형식"),
        "proof": _("전자서명"),
        "context": _("전자서명"),
        "issuer": _("발급기관"),
        "validity": _("유효기간"),
        "status": _("취소·정지 여부"),
    }
    return labels.get(name.partition(".")[0], name)


def _facts(credential: Credential, *, named: bool) -> list[Row]:
    run = credential.enrolment.run
    return [
        Row(_("수료증 번호"), credential.number),
        Row(_("상태"), str(credential.get_status_display())),
        Row(_("과정"), tables.title(run.course)),
        Row(_("교육장"), tables.campus(run.campus)),
        Row(_("수료일"), tables.day_of(credential.completion.decided_at)),
        Row(_("발급일"), tables.day_of(credential.issued_at)),
        Row(_("이름"), credential.holder if named else _masked(credential.holder)),
        Row(_("지문"), credential.digest),
    ]


def _facts_of(document: dict[str, Any]) -> list[Row]:
    """What a file says that its proof covers; shown to whoever holds the file."""
    subject = document.get("credentialSubject")
    subject = subject if isinstance(subject, dict) else {}
    achievement = subject.get("achievement")
    achievement = achievement if isinstance(achievement, dict) else {}
    said = [
        (_("이름"), _holder_in(subject)),
        (_("수료증 번호"), subject.get("licenseNumber")),
        (_("과정"), achievement.get("name")),
        (_("수료일"), document.get("awardedDate")),
        (_("발급일"), document.get("validFrom")),
    ]
    return [Row(label, value) for label, value in said if isinstance(value, str)]


def _holder_in(subject: dict[str, Any]) -> object:
    """The name that was signed, for whoever holds the file: so that a name changed on the printed page shows."""
    listed = subject.get("identifier")
    named = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return next((one.get("identityHash") for one in named if one.get("identityType") == "name"), None)


def _masked(name: str) -> str:
    return name[:1] + "○" * (len(name) - 1)


def _own(request: SignedIn, public_id: UUID) -> Credential:
    """The certificate, for its holder only."""
    found = _found(public_id)
    person = queries.person_of(request.user) if request.user.is_authenticated else None
    if person is None or person.one.pk != found.enrolment.canonical_id:
        raise NotAllowed(_("수료증 파일은 본인만 받을 수 있습니다."))
    return found


@require_safe
def printed(request: SignedIn, public_id: UUID) -> FileResponse:
    """수료증 on paper, with the code that leads to its entry in the ledger."""
    found = _own(request, public_id)
    return answer(papers.certificate(found), f"{found.number}.pdf")


def paper(request: SignedIn, public_id: UUID) -> HttpResponse:
    """The JSON, for its holder only: ``?proof=rdfc`` (default), ``jcs`` or ``both``."""
    return _file(request, _own(request, public_id))


def _file(request: HttpRequest, found: Credential) -> HttpResponse:
    said = JsonResponse(
        services.document_of(found, request.GET.get("proof", "rdfc")),
        json_dumps_params={"ensure_ascii": False, "indent": 1},
        content_type="application/vc+ld+json",
    )
    said["Content-Disposition"] = f'attachment; filename="{found.number}.json"'
    return said


_SHARING = {
    "make": (
        services.share,
        gettext_lazy("공유 링크를 만들었습니다. 링크를 아는 사람은 이름과 수료증을 볼 수 있습니다."),
    ),
    "end": (
        services.take_share_back,
        gettext_lazy("공유 링크를 거두었습니다. 이제 그 링크로는 아무것도 열리지 않습니다."),
    ),
}


@require_POST
@login_required
def share(request: SignedIn, public_id: UUID, word: str) -> HttpResponse:
    """Make the link that shows my certificate, or take it back."""
    if word not in _SHARING:
        raise Http404
    found, now = _own(request, public_id), database_now()
    act, done = _SHARING[word]
    tried(request, lambda: act(credential=found, by=request.user, now=now), str(done))
    return redirect("college:mine")


@never_cache
@require_safe
def shared(request: HttpRequest, token: UUID) -> HttpResponse:
    """What a holder shows: the check with the name, and the file. A link taken back looks like one never made."""
    found = queries.shared_by(token)
    if found is None:
        return _private(render(request, "college/shared_gone.html", status=404))
    verdict = credentials.verify(services.document_of(found, "both"), at=database_now())
    context = {
        "credential": found,
        "token": token,
        "sentence": _sentence(verdict, found),
        "tone": "success" if verdict.ok and verdict.issuer_known else "danger",
        "facts": _facts(found, named=True),
        "checks": _checks(verdict),
    }
    return _private(render(request, "college/shared.html", context))


@never_cache
@require_safe
def shared_file(request: HttpRequest, token: UUID) -> HttpResponse:
    """The signed text, for whoever the holder gave the link."""
    found = queries.shared_by(token)
    if found is None:
        raise Http404
    return _private(_file(request, found))


def _private(response: HttpResponse) -> HttpResponse:
    """Whoever has the link may look; no search engine, and no page that is linked from here, learns of it."""
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
def did(request: HttpRequest) -> JsonResponse:
    """``/college/did.json``: every key ever used and which still counts."""
    return JsonResponse(issuers.document(queries.issuer(services.certificates.did())))


@require_safe
def status_list(request: HttpRequest, purpose: str, number: int) -> HttpResponse:
    """A signed status list, with an ETag for whoever asks often."""
    listed = services.fresh_list(purpose=purpose, number=number, now=database_now())
    if listed is None:
        raise Http404
    etag = f'"{listed.purpose}-{listed.number}-{_stamp(listed.signed_at)}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={"ETag": etag})
    said = JsonResponse(listed.document, content_type="application/vc+ld+json")
    said["ETag"] = etag
    said["Cache-Control"] = "public, max-age=60"
    return said


def _stamp(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000)
