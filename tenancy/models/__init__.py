"""The tables of tenancy."""

from tenancy.models.changes import Amendment
from tenancy.models.charges import Correction, CostShare, SharedCost, Tariff
from tenancy.models.endings import ChecklistItem, FollowUp, Graduation, MoveOut, RenewalReview
from tenancy.models.handover import LeaseFile, MeterReading, MoveIn, PaperSigning
from tenancy.models.leases import Invoice, InvoiceLine, InvoiceSeries, Lease, LeaseTerm, RateCard, Signature
from tenancy.models.meeting import Booking, BookingRule, MeetingRoom, QuotaUse, RoomWait
from tenancy.models.money import ArrearsCase, BankFile, CreditNote, Deposit, DepositEntry, Payment, PaymentShare
from tenancy.models.needs import AllocationLine, AllocationRun, Need, Preference, Terms
from tenancy.models.occupancy import Occupancy, Offer
from tenancy.models.places import Building, Cell, Floor, Hub, Unit, UnitCell
from tenancy.models.residents import (
    Listing,
    ListingConsent,
    Ticket,
    TicketFile,
    TicketFileAccess,
    TicketNote,
    TicketRating,
)

__all__ = [
    "AllocationLine",
    "AllocationRun",
    "Amendment",
    "ArrearsCase",
    "BankFile",
    "Booking",
    "BookingRule",
    "Building",
    "Cell",
    "ChecklistItem",
    "Correction",
    "CostShare",
    "CreditNote",
    "Deposit",
    "DepositEntry",
    "Floor",
    "FollowUp",
    "Graduation",
    "Hub",
    "Invoice",
    "InvoiceLine",
    "InvoiceSeries",
    "Lease",
    "LeaseFile",
    "LeaseTerm",
    "Listing",
    "ListingConsent",
    "MeetingRoom",
    "MeterReading",
    "MoveIn",
    "MoveOut",
    "Need",
    "Occupancy",
    "Offer",
    "PaperSigning",
    "Payment",
    "PaymentShare",
    "Preference",
    "QuotaUse",
    "RateCard",
    "RenewalReview",
    "RoomWait",
    "SharedCost",
    "Signature",
    "Tariff",
    "Terms",
    "Ticket",
    "TicketFile",
    "TicketFileAccess",
    "TicketNote",
    "TicketRating",
    "Unit",
    "UnitCell",
]
