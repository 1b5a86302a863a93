"""The writes of tenancy, by what they move."""

from tenancy.services.allocation import (
    confirm_allocation,
    prove_allocation,
    publish_allocation,
    run_allocation,
    void_allocation,
)
from tenancy.services.invoices import bill_month, issue_invoice
from tenancy.services.leases import lapse_leases, move_in, prepare_lease, sign_lease
from tenancy.services.needs import freeze_need, leave_line, state_need
from tenancy.services.offers import (
    accept_offer,
    decline_offer,
    expire_due_offers,
    expire_offer,
    offer_room,
    promote,
    remind_offers,
    revoke_offer,
)
from tenancy.services.places import block_unit, import_places, set_terms, unblock

__all__ = [
    "accept_offer",
    "bill_month",
    "block_unit",
    "confirm_allocation",
    "decline_offer",
    "expire_due_offers",
    "expire_offer",
    "freeze_need",
    "import_places",
    "issue_invoice",
    "lapse_leases",
    "leave_line",
    "move_in",
    "offer_room",
    "prepare_lease",
    "promote",
    "prove_allocation",
    "publish_allocation",
    "remind_offers",
    "revoke_offer",
    "run_allocation",
    "set_terms",
    "sign_lease",
    "state_need",
    "unblock",
    "void_allocation",
]
