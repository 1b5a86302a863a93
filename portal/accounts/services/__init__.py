"""Writes of accounts: companies and their people, roles, consents and the person's own data."""

from portal.accounts.services.affiliations import AFFILIATION_DECLARED, declare_affiliation, end_affiliation
from portal.accounts.services.organisations import (
    MEMBER_JOINED,
    accept_invitation,
    end_membership,
    hand_over_master,
    invite,
    issue_token,
    organisation_of_person,
    register_organisation,
    withdraw_invitation,
)
from portal.accounts.services.people import (
    cancel_deletion,
    change_profile,
    delete_person,
    give_consent,
    hand_over_ledger,
    lift_hold,
    place_hold,
    request_deletion,
    withdraw_consent,
)
from portal.accounts.services.roles import grant_role, revoke_role

__all__ = [
    "AFFILIATION_DECLARED",
    "MEMBER_JOINED",
    "accept_invitation",
    "cancel_deletion",
    "change_profile",
    "declare_affiliation",
    "delete_person",
    "end_affiliation",
    "end_membership",
    "give_consent",
    "grant_role",
    "hand_over_ledger",
    "hand_over_master",
    "invite",
    "issue_token",
    "lift_hold",
    "organisation_of_person",
    "place_hold",
    "register_organisation",
    "request_deletion",
    "revoke_role",
    "withdraw_consent",
    "withdraw_invitation",
]
