"""Writing an application together: pages with versions, so that nothing is lost when two people edit one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from portal.accounts.models import Organisation
from portal.core.errors import Invalid
from portal.intake import queries, rules
from portal.intake.canonical import clean_text
from portal.intake.enums import ApplicationStatus
from portal.intake.errors import DraftClash
from portal.intake.models import Application, Call, Draft, Track
from portal.intake.registry import ByInvitation
from portal.intake.services import telling


@transaction.atomic
def start_application(
    *,
    call: Call,
    organisation: Organisation,
    by: Any,
    now: datetime,
    track: Track | None = None,
    reuse: Application | None = None,
) -> Application:
    """The company's one application to the call, or to the track where the call takes one for each; starting twice, also
    at the same second, finds the first.

    ``reuse`` is an application of the same company that was never sent, or withdrawn: a new one begins with its answers.
    """
    rules.check_can_start(by, call, organisation, now=now)
    chosen = track or _only_track(call)
    if call.per_track and chosen is None:
        raise Invalid(_("모집부문을 골라 주십시오."), field="track")
    found = queries.live_application(call, organisation, chosen)
    if found is None:
        _lock(organisation)
        found = queries.live_application(call, organisation, chosen)
    if found is None:
        programme = call.rules
        if isinstance(programme, ByInvitation):
            programme.check_invited(call, organisation, now=now)
        found = Application.objects.create(call=call, organisation=organisation, track=chosen, created_by=by)
        if reuse is not None:
            _take_up(reuse, found, by, now)
    return found


def _only_track(call: Call) -> Track | None:
    tracks = list(call.tracks.all()[:2])
    return tracks[0] if len(tracks) == 1 else None


def _lock(organisation: Organisation) -> None:
    """The second of two who start or move at once waits here, and then finds the first's row."""
    Organisation.objects.select_for_update().get(pk=organisation.pk)


def _take_up(earlier: Application, fresh: Application, by: Any, now: datetime) -> None:
    """Begin with the answers of one never sent or withdrawn, as far as the same question of the same kind is asked again."""
    old, new = earlier.call.current, fresh.call.current
    if earlier.organisation_id != fresh.organisation_id or earlier.status not in queries.REUSABLE:
        raise Invalid(_("이 기업이 쓰고 제출하지 않았거나 철회한 신청서만 가져올 수 있습니다."), field="reuse")
    if old is None or new is None:
        return
    old.call, new.call = earlier.call, fresh.call
    kinds = {block.code: block.kind for block in old.parsed_form.blocks()}
    answers = queries.answers_of(earlier)
    for page in new.parsed_form.sections:
        same = {block.code for block in page.blocks if kinds.get(block.code) == block.kind}
        kept = {code: value for code, value in answers.items() if code in same}
        if kept:
            Draft.objects.create(application=fresh, section=page.code, answers=kept, edited_by=by, edited_at=now)


@transaction.atomic
def choose_track(*, application: Application, track: Track, by: Any, now: datetime) -> Application:
    """Move a draft to another 모집부문. Raises ``Invalid`` once it was sent, and where the company already has one there."""
    rules.check_can_draft(by, application)
    call = application.call
    if track.call_id != call.pk:
        raise Invalid(_("이 공고의 모집부문이 아닙니다."), field="track")
    _lock(application.organisation)
    if call.per_track and queries.live_application(call, application.organisation, track) not in (None, application):
        raise Invalid(_("이 모집부문에는 이미 쓰고 있는 신청서가 있습니다."), field="track")
    if not Application.objects.filter(pk=application.pk, status=ApplicationStatus.DRAFT).update(track=track):
        raise Invalid(
            _("제출한 신청서의 모집부문은 바꿀 수 없습니다. 신청을 철회하고 다른 부문으로 다시 신청해 주십시오."),
            field="track",
        )
    application.track = track
    return application


@transaction.atomic
def save_draft(
    *, application: Application, section: str, answers: Mapping[str, Any], version: int, by: Any, now: datetime
) -> Draft:
    """Save one page as read in ``version`` (0: not saved yet). Raises ``DraftClash`` with both contents.

    Whatever was typed is kept, fitting or not; only sending insists. Answers to blocks of other pages are dropped.
    """
    rules.check_can_draft(by, application)
    page = application.call.current and application.call.current.parsed_form.section(section)
    if not page:
        raise Invalid(_("이 공고에 없는 쪽입니다."))
    codes = {block.code for block in page.blocks}
    kept = {code: _clean(value) for code, value in answers.items() if code in codes and value is not None}
    draft, created = Draft.objects.get_or_create(
        application=application,
        section=section,
        defaults={"answers": kept, "edited_by": by, "edited_at": now},
    )
    if not created and draft.answers != kept:
        _overwrite(draft, kept, version, by, now)
    return draft


def _overwrite(draft: Draft, answers: dict[str, Any], version: int, by: Any, now: datetime) -> None:
    same = Draft.objects.filter(pk=draft.pk, version=version)
    if same.update(answers=answers, version=F("version") + 1, edited_by=by, edited_at=now) != 1:
        theirs = Draft.objects.select_related("edited_by").get(pk=draft.pk)
        raise DraftClash(
            yours=answers, theirs=theirs.answers, version=theirs.version, who=theirs.edited_by, when=theirs.edited_at
        )
    draft.answers, draft.version, draft.edited_by, draft.edited_at = answers, version + 1, by, now


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, Mapping):
        return {str(name): _clean(item) for name, item in value.items()}
    if isinstance(value, bool | int) or value is None:
        return value
    raise Invalid(_("저장할 수 없는 답입니다."))


@transaction.atomic
def request_sending(*, application: Application, by: Any, now: datetime) -> Application:
    """제출 요청: a member tells the master account that the application, or the answer to what was asked, is ready. Once."""
    rules.check_can_draft(by, application)
    request = queries.open_request(application)
    waiting = Application.objects.filter(pk=application.pk).filter(
        Q(send_requested_at__isnull=True) | Q(send_requested_at__lt=request.asked_at)
        if request
        else Q(status=ApplicationStatus.DRAFT, send_requested_at__isnull=True)
    )
    if waiting.update(send_requested_at=now):
        application.send_requested_at = now
        telling.sending_requested(application, by, request.due_at if request else application.call.closes_at)
    return application
