"""Names, titles and addresses as letters have them, and who is at which desk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.urls import reverse

from portal.accounts import queries as accounts
from portal.accounts.models import User
from portal.intake.blocks import Block
from portal.intake.models import Appeal, Application, Assignment, Call, Challenge, DisqualificationCase


class Label:
    """What stands in whichever language the reader has: the letter is written later, for one person after the other."""

    def __init__(self, read: Callable[[], Any]) -> None:
        self.read = read

    def __str__(self) -> str:
        return str(self.read())


def title_of(call: Call) -> Label:
    return Label(lambda: call.current.title_text if call.current else call.code)


def state_of(row: Appeal | Assignment | Challenge | DisqualificationCase) -> Label:
    return Label(row.get_status_display)


def labels_of(questions: Sequence[Block]) -> Label:
    return Label(lambda: ", ".join(question.label_text for question in questions))


def page_of(application: Application) -> str:
    return reverse("intake:application", args=[application.public_id])


def officers_of(call: Call) -> Iterable[User]:
    return accounts.people_with(f"{call.ledger_room()}.officer", cluster=call.cluster)


def approvers_of(call: Call) -> Iterable[User]:
    return accounts.people_with(f"{call.ledger_room()}.approver", cluster=call.cluster)


def of_application(application: Application) -> dict[str, Any]:
    """Which application, as a desk names it."""
    return {
        "call": title_of(application.call),
        "number": application.receipt_number or "",
        "company": application.organisation,
    }


def desk_page_of(application: Application) -> str:
    return reverse("intake:desk-application", args=[application.public_id])
