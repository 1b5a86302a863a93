"""What must hold at the end of the college's rehearsal, read from the tables and the ledger alone."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import F

from college import credentials, experts, queries, services
from college.enums import CredentialStatus, Purpose
from college.models import AttendanceEvent, Credential, Enrolment, ExpertMonth, Run, SeatRequest
from college.registry import EVENT_TYPES
from ledger import log
from portal.core.clock import database_now
from portal.core.periods import add_months
from portal.core.rehearsals import Outcome

if TYPE_CHECKING:
    from college.rehearsal.story import Story

#: Steps for which the room has no service yet; ``refused``: intake itself tells whom it did not select.
_NOT_YET = {
    "college.request.refused", "college.enrolment.expelled", "college.enrolment.reinstated",
    "college.enrolment.left_early", "college.correction.withdrawn",
}  # fmt: skip
#: What a leaf does to the seats of its run; a request withdrawn gives one back only if it had an offer.
_TAKES = {"college.request.seated": 1, "college.seat.offered": 1, "college.seat.declined": -1, "college.seat.expired": -1,
          "college.enrolment.cancelled": -1, "college.enrolment.dropped": -1, "college.enrolment.expired": -1}  # fmt: skip

#: What the verifier says of a certificate in each state.
_SAID = {CredentialStatus.ISSUED: None, CredentialStatus.SUSPENDED: "status.suspended",
         CredentialStatus.REVOKED: "status.revoked", CredentialStatus.SUPERSEDED: "status.revoked"}  # fmt: skip


def leaves() -> int:
    """The last leaf there is before the play."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM ledger_record")
        return int(cursor.fetchone()[0])


def written(began: int) -> list[dict[str, Any]]:
    """Every leaf since then, in its order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT leaf FROM ledger_record WHERE id > %s ORDER BY id", [began])
        return [json.loads(bytes(row[0])) for row in cursor.fetchall()]


def outcome(story: Story) -> Outcome:
    """Counts and violations of the years that were lived, and the ledger published."""
    violations = [sentence for look in CHECKS for sentence in look(story)]
    settled = log.settle()
    story.say(
        f"ledger: {settled.size} leaves; python -m ledger.verify audit {settled.public} --policy {settled.policy}"
    )
    mine = {"run__course__cluster": story.cluster}
    counts = {
        "runs": Run.objects.filter(course__cluster=story.cluster).count(),
        "requests": SeatRequest.objects.filter(**mine).count(),
        "enrolments": Enrolment.objects.filter(**mine).count(),
        "certificates": Credential.objects.filter(enrolment__run__course__cluster=story.cluster).count(),
        "distinct experts": months(story)[-1].total,
        "leaves": len(written(story.began)),
    }
    return Outcome(counts, violations)


def months(story: Story) -> list[ExpertMonth]:
    return list(ExpertMonth.objects.filter(cluster=story.cluster).order_by("month"))


def _sums(story: Story) -> Iterator[str]:
    before = 0
    for one in months(story):
        for name in ("by_year", "by_campus", "by_course"):
            if sum(getattr(one, name).values()) != one.total:
                yield f"{one}: {name} does not sum to {one.total}"
        if one.total != before + one.new + one.correction:
            yield f"{one}: {before} + {one.new} + {one.correction} is not {one.total}"
        if one.correction and (one.signed_by_id is None or one.signed_by_id == one.prepared_by_id or not one.causes):
            yield f"{one}: a correction without a second person or a cause"
        before = one.total


def _replays(story: Story) -> Iterator[str]:
    """Every frozen month from the rows as they are today, as known then."""
    rows = queries.count_rows(story.cluster)
    for one in months(story):
        window, known = (queries.WINDOW[0], add_months(one.month, 1)), one.as_of - timedelta(microseconds=1)
        counted = experts.count(*rows, window=window, as_of=known)
        people = experts.people_digest(experts.counted_people(*rows, window=window, as_of=known))
        years = {str(year): many for year, many in counted.by_year.items()}
        again = (counted.total, counted.unverified, counted.gross, years, counted.by_campus, counted.by_course, people)
        kept = (one.total, one.unverified, one.gross, one.by_year, one.by_campus, one.by_course, one.people_digest)
        if again != kept:
            yield f"{one} does not replay"


def _nobody_twice(story: Story) -> Iterator[str]:
    """The play knows who is who: nobody is counted as two, and everybody with a certificate that holds is counted."""
    counted = queries.people_at(story.cluster, months(story)[-1].as_of)
    humans = {str(person.public_id): student for student in story.students.all for _user, person in student.accounts}
    for student, times in Counter(humans[person] for person in counted).items():
        if times > 1:
            yield f"student {student.number} is counted {times} times"
    holding = Credential.objects.filter(
        enrolment__run__course__cluster=story.cluster, enrolment__run__course__counts_as_expert=True,
        status__in=[CredentialStatus.ISSUED, CredentialStatus.SUSPENDED],
    ).values_list("person_id", flat=True)  # fmt: skip
    rightly = {student for student in map(story.students.of, holding) if student.verified}
    if rightly != {humans[person] for person in counted}:
        yield f"{len(rightly)} people hold a certificate of an expert, {len(counted)} are counted"


def _announced(story: Story) -> Iterator[str]:
    counted, wanted = months(story)[-1].total, int(story.facts.announced["experts"])
    if story.facts.variant == "whole" and counted != wanted:
        yield f"{counted} distinct experts, {wanted} were announced"


def _never_oversold(story: Story) -> Iterator[str]:
    """Leaf by leaf: what was seated, offered and given back, against the seats that the run had at that moment."""
    seats: dict[str, int] = {}
    taken: Counter[str] = Counter()
    run_of: dict[str, str] = {}
    for leaf in written(story.began):
        kind, data, ref = leaf["type"].partition("/")[0], leaf["data"], leaf["subject"]["ref"]
        if kind in ("college.run.published", "college.run.enlarged"):
            seats[ref] = data["capacity"]
        step = _TAKES.get(kind, 0)
        if kind == "college.request.withdrawn" and data["from"] == "OFFERED":
            step = -1
        if not step:
            continue
        run = run_of.setdefault(ref, data.get("run", ""))
        taken[run] += step
        if not 0 <= taken[run] <= seats[run]:
            yield f"{run} has {taken[run]} of {seats[run]} seats taken at leaf {leaf['id']}"


def _certificates(story: Story) -> Iterator[str]:
    """The room's own verifier on each, by several processes: valid, or taken back as its state says."""
    mine = Credential.objects.filter(enrolment__run__course__cluster=story.cluster)
    keys, lists = (
        list(mine.order_by("pk").values_list("pk", flat=True)),
        set(mine.values_list("list_number", flat=True)),
    )
    for purpose, number in product(Purpose, lists):
        # Signed once, by this process.
        services.fresh_list(purpose=purpose.value, number=number, now=database_now())
    yield from filter(None, story.crew.each(_verified, keys))


def _verified(pk: int) -> str:
    """What the verifier says against the state of a certificate; nothing, if they agree."""
    one = Credential.objects.get(pk=pk)
    verdict = credentials.verify(services.document_of(one, "both"))
    if verdict.reason == _SAID[CredentialStatus(one.status)] and verdict.issuer_known:
        return ""
    return f"{one.number} is {one.status}, the verifier says {verdict.reason or 'valid'}"


def _all_happened(story: Story) -> Iterator[str]:
    seen = {leaf["type"].partition("/")[0] for leaf in written(story.began)}
    for event in EVENT_TYPES:
        if event.name not in seen | _NOT_YET:
            yield f"{event.name} never happened"


def _every_kind(story: Story) -> Iterator[str]:
    """What no type of leaf tells apart."""
    frozen, of_play = months(story), {"enrolment__run__course__cluster": story.cluster}
    sources = AttendanceEvent.objects.filter(**of_play).values_list("kind", "source").distinct()
    causes = {cause for one in frozen for cause in one.causes}
    offered = SeatRequest.objects.filter(run__course__cluster=story.cluster, offered_at__isnull=False)
    happened = {
        "a scanned code": {("IN", "QR"), ("OUT", "QR")} <= set(sources),
        "a list entered": ("IN", "IMPORT") in sources,
        "an excused absence": ("EXCUSE", "OFFICE") in sources,
        "a record taken back": ("VOID", "OFFICE") in sources,
        "an offer from the line": offered.filter(place=None, status="SEATED").exists(),
        "an offer from the line of a lottery": offered.filter(place__isnull=False, offered_at__gt=F("run__draw__drawn_at")).exists(),
        "a correction downwards": any(one.correction < 0 for one in frozen),
        "a correction upwards": any(one.correction > 0 for one in frozen),
        "somebody unverified": any(one.unverified for one in frozen),
        "one identity shown for two records": story.clashes > 0,
        "a cause of each kind": causes == {"merge", "split", "revocation", "reversal", "identity"},
    }  # fmt: skip
    yield from (f"there was never {what}" for what, did in happened.items() if not did)


def _selected(story: Story) -> Iterator[str]:
    """What intake says of each who applied, and the seats of the run."""
    if not story.affairs.chosen:
        yield "nobody was ever selected"
    for chosen in story.affairs.chosen:
        yield from chosen.wrong()


CHECKS: tuple[Callable[[Story], Iterator[str]], ...] = (
    _sums, _replays, _nobody_twice, _announced, _never_oversold, _certificates, _all_happened, _every_kind,
    _selected,
)  # fmt: skip
