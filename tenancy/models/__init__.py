"""The tables of tenancy."""

from tenancy.models.leases import Invoice, InvoiceLine, InvoiceSeries, Lease, LeaseTerm, RateCard, Signature
from tenancy.models.needs import AllocationLine, AllocationRun, Need, Preference, Terms
from tenancy.models.occupancy import Occupancy, Offer
from tenancy.models.places import Building, Cell, Floor, Hub, Unit, UnitCell

__all__ = [
    "AllocationLine",
    "AllocationRun",
    "Building",
    "Cell",
    "Floor",
    "Hub",
    "Invoice",
    "InvoiceLine",
    "InvoiceSeries",
    "Lease",
    "LeaseTerm",
    "Need",
    "Occupancy",
    "Offer",
    "Preference",
    "RateCard",
    "Signature",
    "Terms",
    "Unit",
    "UnitCell",
]
