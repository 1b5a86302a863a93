"""What the fund room tells people, through notices; each text stands in ``fund.topics``."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from fund.duty_enums import DutyStanding
from fund.enums import DistributionKind, PartnerRole
from fund.models import CallShare, CapitalCall, CapitalStatement, Distribution, DistributionShare, Motion
from fund.queries.duties import Measured
from fund.spelling import told_in
from ledger import log
from ledger.log import Acting
from portal.accounts.models import Organisation, User
from portal.accounts.queries import people_with
from portal.notices.services import notify


def tell_call_waiting(call: CapitalCall, total: int) -> None:
    sub_fund = call.sub_fund
    notify(
        to=people_with("fund.approver", cluster=sub_fund.programme.cluster, sub_fund=sub_fund.code),
        topic="fund.call_waiting",
        context={
            "sub_fund": sub_fund,
            "number": call.number,
            "total": told_in(sub_fund.currency, total),
            "due": call.due_date,
        },
        url=reverse("fund:call", args=[call.public_id]),
        key=f"fund.call_waiting:{call.public_id}:{call.revision}",
    )


def tell_call_issued(call: CapitalCall, shares: Sequence[CallShare]) -> None:
    """To each partner its own share, with the unfunded commitment before and after."""
    for share in shares:
        if share.commitment.partner.organisation is None:
            continue
        notify(
            to=share.commitment.partner.organisation,
            topic="fund.call_issued",
            context={
                "sub_fund": call.sub_fund,
                "number": call.number,
                "amount": told_in(call.sub_fund.currency, share.amount),
                "due": call.due_date,
                "before": told_in(call.sub_fund.currency, share.unfunded_before),
                "after": told_in(call.sub_fund.currency, share.unfunded_before - share.inside),
            },
            url=reverse("fund:notice", args=[call.public_id, share.commitment.public_id]),
            key=f"fund.call_issued:{call.public_id}:{call.revision}",
        )


def record_notices(call: CapitalCall, shares: Sequence[CallShare], by: Acting) -> None:
    """A leaf for each partner's part of a call: the amount is sealed for the partner, who finds it among its receipts."""
    for share in shares:
        data = {"revision": call.revision, "due": call.due_date}
        said = {"amount": str(share.amount), "before": str(share.unfunded_before)}
        log.append("fund.notice.sent", row=share, by=by, data=data, private={"share": said})


def record_parts(distribution: Distribution, shares: Sequence[DistributionShare], by: Acting) -> None:
    """A leaf for each partner's part of a distribution, sealed for it like the notice of a call."""
    for share in shares:
        said = {"amount": str(share.amount), "capital": str(share.capital)}
        log.append("fund.part.paid", row=share, by=by, data={"on": distribution.on_date}, private={"share": said})


def tell_call_rescinded(call: CapitalCall, shares: Sequence[CallShare]) -> None:
    for share in shares:
        if share.commitment.partner.organisation is not None:
            notify(
                to=share.commitment.partner.organisation,
                topic="fund.call_rescinded",
                context={"sub_fund": call.sub_fund, "number": call.number},
                key=f"fund.call_rescinded:{call.public_id}",
            )


def tell_distributed(distribution: Distribution, shares: Sequence[DistributionShare]) -> None:
    """To each partner its own part, with what may still be called after it."""
    for share in shares:
        if share.commitment.partner.organisation is not None:
            notify(
                to=share.commitment.partner.organisation,
                topic="fund.distributed",
                context={
                    "sub_fund": distribution.sub_fund,
                    "number": distribution.number,
                    "amount": told_in(distribution.sub_fund.currency, share.amount),
                    "kind": DistributionKind(distribution.kind).label,
                    "on": distribution.on_date,
                    "after": told_in(distribution.sub_fund.currency, share.commitment.unfunded),
                },
                url=reverse("fund:part", args=[distribution.public_id, share.commitment.public_id]),
                key=f"fund.distributed:{distribution.public_id}",
            )


def tell_motion_tabled(motion: Motion, members: Sequence[User]) -> None:
    """The members are asked for their statements; what it is about stays behind the statement."""
    notify(
        to=list(members),
        topic="fund.motion_tabled",
        context={"sub_fund": motion.sub_fund, "number": motion.number},
        url=reverse("fund:motion", args=[motion.public_id]),
        key=f"fund.motion_tabled:{motion.public_id}",
    )


def tell_motion_opened(motion: Motion, members: Sequence[User]) -> None:
    notify(
        to=list(members),
        topic="fund.motion_opened",
        context={"sub_fund": motion.sub_fund, "number": motion.number},
        url=reverse("fund:motion", args=[motion.public_id]),
        key=f"fund.motion_opened:{motion.public_id}:{motion.round}",
    )


def tell_duty_ending(found: Measured) -> None:
    """To the City's people, the fund's manager at the desk, and the manager of the sub-fund: what is still missing."""
    _tell_duty("fund.duty_ending", found, {"deadline": found.end})


def tell_duty_ended(found: Measured) -> None:
    _tell_duty("fund.duty_ended", found, {"result": DutyStanding(found.standing).label})


def _tell_duty(topic: str, found: Measured, more: dict[str, object]) -> None:
    duty, sub_fund = found.duty, found.duty.sub_fund
    amounts = {
        "required": found.required,
        "progress": found.progress,
        "missing": found.missing,
        "unknown": found.counted.unknown,
    }
    said = {name: told_in(sub_fund.currency, amount) for name, amount in amounts.items()}
    context = {"sub_fund": sub_fund, "field": duty.field, **said, **more}
    city = sub_fund.programme.partners.filter(role=PartnerRole.CITY).select_related("organisation")
    offices = [one.organisation for one in city if one.organisation is not None]
    staff = [
        user
        for role in ("fund.manager", "fund.approver")
        for user in people_with(role, cluster=sub_fund.programme.cluster, sub_fund=sub_fund.code)
    ]
    told: list[Organisation | list[User]] = [
        list({user.pk: user for user in staff}.values()),
        sub_fund.manager,
        *offices,
    ]
    for to in told:
        notify(
            to=to,
            topic=topic,
            context=context,
            url=reverse("fund:duty", args=[duty.public_id]),
            key=f"{topic}:{duty.public_id}",
        )


def tell_statements(rows: Sequence[CapitalStatement]) -> None:
    """To the people of each partner: there is a statement, or another in place of one they had. No amounts."""
    for row in rows:
        company = row.commitment.partner.organisation
        if company is not None:
            notify(
                to=company,
                topic="fund.statement_replaced" if row.replaces_id else "fund.statement_issued",
                context={"sub_fund": row.sub_fund, "end": row.end_date, "number": str(row)},
                url=reverse("fund:statement", args=[row.public_id]),
                key=f"fund.statement_issued:{row.public_id}",
            )
