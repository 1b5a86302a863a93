"""The writes of tenancy, by what they move."""

from tenancy.services.allocation import (
    confirm_allocation,
    prove_allocation,
    publish_allocation,
    run_allocation,
    void_allocation,
)
from tenancy.services.amendments import (
    drop_amendment,
    prepare_area,
    prepare_move,
    prepare_rate,
    prepare_start,
    prepare_succession,
    prepare_swap,
    sign_amendment,
)
from tenancy.services.arrears import agree_plan, dun, start_termination
from tenancy.services.credits import approve_credit, drop_credit, prepare_credit
from tenancy.services.deposits import (
    SetOff,
    decide_settlement,
    object_to_settlement,
    propose_settlement,
    receive_deposit,
    return_deposit,
)
from tenancy.services.invoices import bill_month, issue_all, issue_invoice
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
from tenancy.services.payments import apply_import, bounce, plan_import, refund
from tenancy.services.places import block_unit, import_places, set_terms, unblock

__all__ = [
    "SetOff",
    "accept_offer",
    "agree_plan",
    "apply_import",
    "approve_credit",
    "bill_month",
    "block_unit",
    "bounce",
    "confirm_allocation",
    "decide_settlement",
    "decline_offer",
    "drop_amendment",
    "drop_credit",
    "dun",
    "expire_due_offers",
    "expire_offer",
    "freeze_need",
    "import_places",
    "issue_all",
    "issue_invoice",
    "lapse_leases",
    "leave_line",
    "move_in",
    "object_to_settlement",
    "offer_room",
    "plan_import",
    "prepare_area",
    "prepare_credit",
    "prepare_lease",
    "prepare_move",
    "prepare_rate",
    "prepare_start",
    "prepare_succession",
    "prepare_swap",
    "promote",
    "propose_settlement",
    "prove_allocation",
    "publish_allocation",
    "receive_deposit",
    "refund",
    "remind_offers",
    "return_deposit",
    "revoke_offer",
    "run_allocation",
    "set_terms",
    "sign_amendment",
    "sign_lease",
    "start_termination",
    "state_need",
    "unblock",
    "void_allocation",
]
