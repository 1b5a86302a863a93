"""Giving out the rooms of a round: seal the inputs, run, let another person confirm, publish with the offers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ledger import log
from portal.core.errors import Invalid, Overtaken, Refused
from portal.core.periods import add_months
from portal.core.transition import advance
from portal.intake.canonical import digest
from portal.intake.models import Call
from tenancy import queries, rules
from tenancy.allocation import VERSION, allocate, check
from tenancy.enums import AllocationStatus
from tenancy.fitting import in_order
from tenancy.models import AllocationLine, AllocationRun, Need, Offer, Terms
from tenancy.services.sending import send_offer
from tenancy.services.telling import tell_offers_sent
from tenancy.workflow import ALLOCATION

_VERSION_REF = VERSION.replace("/", ":")


@transaction.atomic
def run_allocation(*, call: Call, by: Any, now: datetime, reason: str = "") -> AllocationRun:
    """Seal what goes in, compute and check. A run that is not yet confirmed is voided, which needs a reason.

    Raises ``Invalid`` without terms, without anyone in line, or when a run is in force already.
    """
    role = rules.check_can_run_allocation(by, call)
    Call.objects.select_for_update().get(pk=call.pk)
    terms = queries.terms_of(call)
    if terms is None:
        raise Invalid(_("입주조건이 없어 배정할 수 없습니다."))
    earlier = list(AllocationRun.objects.filter(call=call).order_by("number"))
    if any(run.status in (AllocationStatus.CONFIRMED, AllocationStatus.PUBLISHED) for run in earlier):
        raise Invalid(_("이미 확정된 배정이 있습니다."))
    for run in earlier:
        if run.status == AllocationStatus.COMPUTED:
            void_allocation(run=run, reason=reason, by=by)
    inputs, needs = _inputs(call, terms)
    if not needs:
        raise Invalid(_("배정을 기다리는 기업이 없습니다."))
    run = AllocationRun.objects.create(
        call=call,
        number=len(earlier) + 1,
        inputs=inputs,
        inputs_hash=digest(inputs),
        version=VERSION,
        reason=reason,
        run_by=by,
        created_at=now,
    )
    sealed = {"to": run.status, "call": call.code, "inputs": run.inputs_hash}
    log.append("space.allocation.prepared", row=run, by=by.acting_as(role), data=sealed)
    _compute(run, needs, by=by.acting_as(role), reason=reason)
    return run


def _compute(run: AllocationRun, needs: dict[str, Need], *, by: Any, reason: str) -> None:
    applicants, preferences = run.inputs["applicants"], run.inputs["preferences"]
    result = allocate(applicants, preferences)
    violations = check(applicants, preferences, result)
    units = {unit.ref: unit for unit in queries.units_of(*_reach(run))}
    AllocationLine.objects.bulk_create(
        AllocationLine(
            run=run,
            need=needs[applicant],
            rank=rank,
            unit=units[result[applicant]] if applicant in result else None,
            wish=preferences[applicant].index(result[applicant]) + 1 if applicant in result else None,
        )
        for rank, applicant in enumerate(applicants, start=1)
    )
    outcome = {"result": result, "result_hash": digest(result), "violations": violations}
    advance(
        run,
        AllocationStatus.COMPUTED,
        by=by,
        steps=ALLOCATION,
        reason=reason or None,
        data={**_hashes(run, outcome["result_hash"]), "placed": len(result), "violations": len(violations)},
        changes=outcome,
    )


@transaction.atomic
def void_allocation(*, run: AllocationRun, reason: str, by: Any) -> None:
    """Set a computed run aside, with a reason."""
    role = rules.check_can_run_allocation(by, run.call)
    if not reason.strip():
        raise Invalid(_("다시 계산하려면 이유를 적어 주십시오."), field="reason")
    advance(run, AllocationStatus.VOID, by=by.acting_as(role), steps=ALLOCATION, reason=reason)


@transaction.atomic
def confirm_allocation(*, run: AllocationRun, by: Any, now: datetime) -> None:
    """Decide on a run: by someone else than who ran it, only when the checker is content and nothing has changed."""
    role = rules.check_can_confirm_allocation(by, run)
    _check_still_right(run)
    try:
        with transaction.atomic():
            advance(
                run,
                AllocationStatus.CONFIRMED,
                by=by.acting_as(role),
                steps=ALLOCATION,
                data=_hashes(run, run.result_hash),
                changes={"confirmed_by": by},
            )
    except IntegrityError as error:
        raise Overtaken from error


@transaction.atomic
def publish_allocation(*, run: AllocationRun, by: Any, now: datetime) -> list[Offer]:
    """Publish a confirmed run with its proof and send every offer, all or nothing; answers the offers by rank."""
    role = rules.check_can_publish_allocation(by, run)
    _check_still_right(run)
    advance(
        run,
        AllocationStatus.PUBLISHED,
        by=by.acting_as(role),
        steps=ALLOCATION,
        data=_hashes(run, run.result_hash),
        changes={"published_at": now},
    )
    terms = queries.terms_of(run.call)
    assert terms is not None
    placed = run.lines.filter(unit__isnull=False).select_related(
        "need__organisation", "need__application", "unit__floor__building__hub"
    )
    acting, start = by.acting_as(role), terms.start_date
    offers = [
        send_offer(need=line.need, unit=line.unit, terms=terms, start=start, by=acting, now=now, run=run)
        for line in placed
        if line.unit is not None
    ]
    tell_offers_sent(offers)
    return offers


def prove_allocation(run: AllocationRun) -> dict[str, object]:
    """The proof file of a run, whose ``check`` anyone can repeat without a database."""
    return queries.proof_of(run)


def _check_still_right(run: AllocationRun) -> None:
    """The result is the rule's answer to its inputs, and the inputs are what stands now."""
    inputs = run.inputs
    if run.violations or allocate(inputs["applicants"], inputs["preferences"]) != run.result:
        raise Refused(_("배정 결과가 규칙과 다릅니다. 다시 계산해 주십시오."))
    terms = queries.terms_of(run.call)
    if terms is None or digest(_inputs(run.call, terms)[0]) != run.inputs_hash:
        raise Refused(_("계산한 뒤에 대기 기업이나 호실 상황이 바뀌었습니다. 다시 계산해 주십시오."))


def _inputs(call: Call, terms: Terms) -> tuple[dict[str, Any], dict[str, Need]]:
    """What decides, in canonical JSON by receipt number: rank order, facts of need and rooms, feasible units in order."""
    rooms = queries.rooms_for(terms, terms.start_date)
    needs = {str(need.application.receipt_number): need for need in queries.in_line(call)}
    wanted = {number: queries.wanted_by(need, terms) for number, need in needs.items()}
    inputs = {
        "applicants": list(needs),
        "preferences": {number: [room.key for room in in_order(want, rooms)] for number, want in wanted.items()},
        "needs": {
            number: {
                "seats": want.seats,
                "min_area_m2": str(want.min_area_m2 or 0),
                "accessible": want.accessible,
                "wishes": [[wish.kind, wish.value] for wish in want.wishes],
            }
            for number, want in wanted.items()
        },
        "rooms": {
            room.key: {"seats": room.seats, "area_m2": str(room.area_m2), "accessible": room.accessible}
            for room in rooms
            if room.free
        },
        "start": terms.start_date.isoformat(),
        "end": add_months(terms.start_date, terms.first_term_months).isoformat(),
    }
    return inputs, needs


def _reach(run: AllocationRun) -> tuple[Any, Any, Any]:
    terms = queries.terms_of(run.call)
    assert terms is not None
    return terms.hubs.all(), terms.start_date, add_months(terms.start_date, terms.first_term_months)


def _hashes(run: AllocationRun, result_hash: Any) -> dict[str, Any]:
    return {"inputs": run.inputs_hash, "result": result_hash, "version": _VERSION_REF}
