"""What must hold at the end of the rehearsal, added up from the rows and the leaves, never read off a counter alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import F, Sum

from ledger import log
from portal.core.rehearsals import Outcome
from portal.mice import budget, services
from portal.mice.enums import AwardStatus, PostingKind
from portal.mice.models import (
    Award,
    BudgetEnvelope,
    CheckIn,
    Clawback,
    EventEdition,
    Evidence,
    Posting,
    Settlement,
    SettlementLine,
)
from portal.mice.support_registry import EVENT_TYPES

if TYPE_CHECKING:
    from portal.mice.rehearsal.story import Story

#: Steps for which the room has no service yet.
_NOT_YET = {"event.clawback.referred"}
_REASONS = {"duplicate", "category", "period", "vat", "over", "shared"}


def last_leaf() -> int:
    """The last leaf there is before the play."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM ledger_record")
        return int(cursor.fetchone()[0])


def written(story: Story) -> list[dict[str, Any]]:
    """Every leaf of the play, in its order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT leaf FROM ledger_record WHERE id > %s ORDER BY id", [story.began])
        return [json.loads(bytes(row[0])) for row in cursor.fetchall()]


def outcome(story: Story) -> Outcome:
    """Counts and violations of the years that were lived, and the ledger published."""
    violations = [sentence for look in CHECKS for sentence in look(story)]
    settled = log.settle()
    story.say(
        f"ledger: {settled.size} leaves; python -m ledger.verify audit {settled.public} --policy {settled.policy}"
    )
    paid, repaid, kept = (_posted(story, PostingKind.PAID), _posted(story, PostingKind.REPAID), _kept(story))
    story.say(f"money: {paid:,} won paid = {repaid:,} returned + {kept:,} kept")
    counts = {
        "awards": _awards(story).count(),
        "editions": _editions(story).count(),
        "check-ins": CheckIn.objects.filter(edition__in=_editions(story)).count(),
        "invoices": Evidence.objects.filter(lines__report__award__in=_awards(story)).distinct().count(),
        "postings": Posting.objects.filter(award__in=_awards(story)).count(),
        "clawbacks": Clawback.objects.filter(award__in=_awards(story)).count(),
        "refusals": story.book.refusals,
        "leaves": len(written(story)),
    }
    return Outcome(counts, violations)


def _awards(story: Story) -> Any:
    return Award.objects.filter(programme__in=story.programmes).order_by("pk")


def _editions(story: Story) -> Any:
    return EventEdition.objects.filter(event__in=[event for _one, event in story.series])


def _posted(story: Story, kind: str) -> int:
    rows = Posting.objects.filter(award__in=_awards(story), kind=kind)
    return int(rows.aggregate(total=Sum("amount", default=0))["total"])


def _kept(story: Story) -> int:
    """What organisers keep: the final amount of what is closed, what is still out of what was cancelled."""
    return sum(budget.net(one.position()) for one in _awards(story))


def _of_kind(award: Award) -> dict[str, int]:
    rows = award.postings.order_by().values_list("kind").annotate(total=Sum("amount"))
    return dict.fromkeys(PostingKind.values, 0) | dict(rows)


def _postings(story: Story) -> Iterator[str]:
    """Every award's sums are those of its bank lines, and every award has come to its end to the last won."""
    for award in _awards(story):
        sums = _of_kind(award)
        if (award.paid, award.repaid, award.interest) != (sums["PAID"], sums["REPAID"], sums["INTEREST"]):
            yield f"award {award.pk}: its postings make {sums}"
        if award.status == AwardStatus.CLOSED:
            if sums["PAID"] - sums["REPAID"] != award.final or sums["INTEREST"] != award.interest_due:
                yield f"award {award.pk} is closed with {sums} of {award.final}"
        elif award.status != AwardStatus.CANCELLED:
            yield f"award {award.pk} is {award.status}"
    if _posted(story, PostingKind.PAID) != _posted(story, PostingKind.REPAID) + _kept(story):
        yield "what was paid is not what came back and what is kept"


def _caps(story: Story) -> Iterator[str]:
    """Every edition and envelope: what its awards use, added up, is what it counts, and within what there is."""
    for edition in _editions(story):
        used = sum(budget.net(one.position()) for one in edition.awards.all())
        if used != edition.committed or used > edition.cap:
            yield f"edition {edition.pk} counts {edition.committed} of {edition.cap}, its awards use {used}"
    for envelope in BudgetEnvelope.objects.filter(programme__in=story.programmes):
        used = sum(budget.net(one.position()) for one in envelope.awards.all())
        if used != envelope.committed - envelope.lapsed or envelope.committed > envelope.amount:
            yield f"envelope {envelope.pk} counts {envelope.committed} − {envelope.lapsed}, its awards use {used}"


def _invoices(story: Story) -> Iterator[str]:
    """No won of an invoice counts twice; only a shared one counts in two awards."""
    rows = SettlementLine.objects.filter(report__award__in=_awards(story), recognised__isnull=False)
    for line in rows.select_related("report").filter(recognised__gt=F("supply") + F("vat")):
        yield f"line {line.pk} counts more than was spent"
    for paper in Evidence.objects.filter(lines__in=rows).distinct():
        counted = paper.lines.filter(recognised__gt=0)
        total = counted.aggregate(total=Sum("recognised", default=0))["total"]
        if total != paper.claimed or total > paper.amount:
            yield f"evidence {paper.pk} of {paper.amount} counts {paper.claimed}, its lines {total}"
        if not paper.shared and counted.values("report__award").distinct().count() > 1:
            yield f"evidence {paper.pk} counts in two awards"


def _settlements(story: Story) -> Iterator[str]:
    """Final is the least of its bounds, the report the sum of its lines, the turnout the people at the doors."""
    for one in Settlement.objects.filter(award__in=_awards(story)).select_related("report__award__edition"):
        borne = one.recognised * one.support_rate_bp // 10_000
        bounds = [one.amount, one.cap_left, borne, *([] if one.tariff is None else [one.tariff])]
        if one.final != min(bounds):
            yield f"settlement {one.pk} comes to {one.final} within {bounds}"
        lines = one.report.lines.aggregate(total=Sum("recognised", default=0))["total"]
        if one.report.recognised != lines:
            yield f"report {one.report_id} counts {one.report.recognised}, its lines {lines}"
        if dict(services.count_turnout(one.report.award.edition)) != one.report.turnout:
            yield f"report {one.report_id} has another turnout than the doors"
        if one.settled_by_id == one.report.audited_by_id:
            yield f"settlement {one.pk} was settled by who audited"


def _clawbacks(story: Story) -> Iterator[str]:
    for one in Clawback.objects.filter(award__in=_awards(story)):
        came = one.receipts.aggregate(total=Sum("amount", default=0))["total"]
        if came != one.received or (one.status == "PAID") != (came == one.total):
            yield f"clawback {one.pk} is {one.status} with {came} of {one.total}"


def _leaves(story: Story) -> Iterator[str]:
    """The ledger tells of the same won as the bank lines do."""
    told = {"event.tranche.paid": 0, "event.award.repaid": 0, "event.clawback": 0}
    for leaf in written(story):
        name, data = leaf["type"].partition("/")[0], leaf["data"]
        if name == "event.tranche.paid":
            told[name] += int(data["amount"])
        elif name == "event.award.repaid":
            told[name] += int(data["repaid"]) + int(data["interest_won"])
        elif name in ("event.clawback.paid", "event.clawback.instalment"):
            told["event.clawback"] += int(data["amount"])
    came = Clawback.objects.filter(award__in=_awards(story)).aggregate(total=Sum("receipts__amount", default=0))
    rows = {
        "event.tranche.paid": _posted(story, PostingKind.PAID),
        "event.award.repaid": _posted(story, PostingKind.REPAID) + _posted(story, PostingKind.INTEREST),
        "event.clawback": int(came["total"]),
    }
    yield from (f"{name}: leaves say {told[name]}, rows {won}" for name, won in rows.items() if told[name] != won)


def _all_happened(story: Story) -> Iterator[str]:
    seen = {leaf["type"].partition("/")[0] for leaf in written(story)}
    yield from (f"{one.name} never happened" for one in EVENT_TYPES if one.name not in seen | _NOT_YET)
    lines = SettlementLine.objects.filter(report__award__in=_awards(story))
    reasons = {reason for why in lines.values_list("cut_reason", flat=True) for reason in why.split(",")}
    yield from (f"nothing was cut for {reason}" for reason in sorted(_REASONS - {r.partition(";")[0] for r in reasons}))
    bindings = set(Settlement.objects.filter(award__in=_awards(story)).values_list("binding", flat=True))
    if not bindings >= {"award", "recognised", "tariff"}:
        yield f"amounts were bound by {sorted(bindings)} only"


CHECKS: tuple[Callable[[Story], Iterator[str]], ...] = (
    _postings, _caps, _invoices, _settlements, _clawbacks, _leaves, _all_happened,
)  # fmt: skip
