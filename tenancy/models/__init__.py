"""The tables of tenancy."""

from tenancy.models.changes import Amendment
from tenancy.models.endings import ChecklistItem, Graduation, MoveOut, RenewalReview
from tenancy.models.leases import Invoice, InvoiceLine, InvoiceSeries, Lease, LeaseTerm, RateCard, Signature
from tenancy.models.money import ArrearsCase, BankFile, CreditNote, Deposit, DepositEntry, Payment, PaymentShare
from tenancy.models.needs import AllocationLine, AllocationRun, Need, Preference, Terms
from tenancy.models.occupancy import Occupancy, Offer
from tenancy.models.places import Building, Cell, Floor, Hub, Unit, UnitCell

__all__ = [
    "AllocationLine",
    "AllocationRun",
    "Amendment",
    "ArrearsCase",
    "BankFile",
    "Building",
    "Cell",
    "ChecklistItem",
    "CreditNote",
    "Deposit",
    "DepositEntry",
    "Floor",
    "Graduation",
    "Hub",
    "Invoice",
    "InvoiceLine",
    "InvoiceSeries",
    "Lease",
    "LeaseTerm",
    "MoveOut",
    "Need",
    "Occupancy",
    "Offer",
    "Payment",
    "PaymentShare",
    "Preference",
    "RateCard",
    "RenewalReview",
    "Signature",
    "Terms",
    "Unit",
    "UnitCell",
]
