"""Before a blind stage opens: company, representative and business number are looked for in all that its panel would read."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal.core.errors import Invalid, Overtaken
from portal.intake import blind, pdftext, queries, rules
from portal.intake.enums import HitOutcome
from portal.intake.models import Attachment, NameHit, NameSearch, Revision, Stage

logger = logging.getLogger(__name__)


@transaction.atomic
def search_names(*, stage: Stage, by: Any, now: datetime, most: int | None = None) -> int:
    """Search every file of a blind stage that was not searched yet, at most ``most``; returns how many are left."""
    rules.check_can_run(by, stage.call)
    if not stage.blind:
        return 0
    waiting = list(queries.unsearched(stage))
    for revision in waiting[:most]:
        NameHit.objects.bulk_create(_new_hits(stage, revision))
        NameSearch.objects.update_or_create(
            stage=stage,
            application=revision.application,
            defaults={"revision": revision.number, "searched_at": now},
        )
    return len(waiting) - len(waiting[:most])


def _new_hits(stage: Stage, revision: Revision) -> list[NameHit]:
    """What was not found in an earlier revision: what an officer settled stays settled."""
    known = set(
        NameHit.objects.filter(stage=stage, application=revision.application).values_list("block", "file", "name")
    )
    return [hit for hit in _hits(stage, revision) if (hit.block, hit.file, hit.name) not in known]


def _hits(stage: Stage, revision: Revision) -> Iterator[NameHit]:
    """One for each name and place; one without a name for a PDF that cannot be read."""
    names = [name for name in _names(revision) if name]
    revision.version.call = stage.call
    seen = blind.visible(revision.version.parsed_form.for_panels(), "evaluator", stage)
    for block in seen:
        answer = revision.content["answers"].get(block.code)
        for name in _found(names, " ".join(_texts(answer))):
            yield NameHit(stage=stage, application=revision.application, block=block.code, name=name)
        for row in revision.content["files"].get(block.code, ()):
            text = _pdf_text(row["id"])
            found = [""] if text is None else _found(names, f"{row['name']}\n{text}")
            for name in found:
                yield NameHit(
                    stage=stage, application=revision.application, block=block.code, file=row["name"], name=name
                )


def _names(revision: Revision) -> list[str]:
    company = revision.content["company"]
    return [company.get(key, "") for key in ("name", "name_en", "representative", "business_number")]


def _found(names: list[str], text: str) -> list[str]:
    return [hit.name for hit in blind.hits([("", text)], names)]


def _texts(answer: Any) -> Iterator[str]:
    """All text of an answer, rows of tables included."""
    if isinstance(answer, str):
        yield answer
    elif isinstance(answer, list):
        for one in answer:
            yield from _texts(one)
    elif isinstance(answer, dict):
        yield from _texts(list(answer.values()))


def _pdf_text(public_id: str) -> str | None:
    """The text of a PDF, empty for another kind of file, None where it cannot be read (encrypted, broken, too costly)."""
    file = Attachment.objects.get(public_id=public_id)
    if file.content_type != "application/pdf":
        return ""
    try:
        with file.file.open("rb") as content:
            return pdftext.read(content)
    except (pdftext.Unreadable, OSError) as error:
        # Whatever a hostile file makes the reader stumble over: one applicant's file must not keep a stage shut.
        logger.warning("the PDF %s cannot be searched for names: %s", public_id, error)
        return None


@transaction.atomic
def settle_hit(*, hit: NameHit, outcome: HitOutcome | str, note: str, by: Any, now: datetime) -> NameHit:
    """The officer keeps what was found, or withholds the whole question from the panel; with what was seen."""
    rules.check_can_run(by, hit.stage.call)
    if outcome not in (HitOutcome.KEPT, HitOutcome.WITHHELD) or not note.strip():
        raise Invalid(_("어떻게 할지 고르고 까닭을 적어 주십시오."), field="note")
    values = {"outcome": outcome, "note": note.strip(), "settled_by": by, "settled_at": now}
    if NameHit.objects.filter(pk=hit.pk, outcome=HitOutcome.OPEN).update(**values) != 1:
        raise Overtaken
    hit.refresh_from_db()
    return hit


def check_names_settled(stage: Stage) -> None:
    """Raises ``Invalid`` while a file of a blind stage is not searched, or a name found waits for the officer."""
    if not stage.blind:
        return
    left = queries.unsearched(stage).count()
    if left:
        raise Invalid(
            _("기업 이름 검색이 끝나지 않은 신청서가 %(n)s건 있습니다. 잠시 뒤에 다시 시작해 주십시오.") % {"n": left}
        )
    if NameHit.objects.filter(stage=stage, outcome=HitOutcome.OPEN).exists():
        raise Invalid(_("평가위원이 볼 내용에서 기업을 알 수 있는 이름이 발견되었습니다. 확인한 뒤에 시작해 주십시오."))
