"""The tables of the fund room."""

from fund.models.books import Book, Entry, Posting
from fund.models.calls import BankReceipt, CallLine, CallShare, CapitalCall
from fund.models.companies import CompanyReport
from fund.models.decisions import Ballot, Motion, Seat
from fund.models.distributions import Distribution, DistributionShare
from fund.models.duties import Duty, DutyTest, DutyWaiver
from fund.models.holdings import Company, Deal, Holding, Lot, SecurityEvent
from fund.models.pacing import CallPlan
from fund.models.partners import Close, Commitment, Equalisation, Partner, Release
from fund.models.programme import AgreementVersion, CapBreach, Programme, SubFund
from fund.models.reporting import PerformanceRun, Snapshot
from fund.models.reports import Break, ReportTerms, Upload
from fund.models.settlements import Settlement
from fund.models.statements import CapitalStatement
from fund.models.values import Measure, Valuation

__all__ = [
    "AgreementVersion",
    "Ballot",
    "BankReceipt",
    "Book",
    "Break",
    "CallLine",
    "CallPlan",
    "CallShare",
    "CapBreach",
    "CapitalCall",
    "CapitalStatement",
    "Close",
    "Commitment",
    "Company",
    "CompanyReport",
    "Deal",
    "Distribution",
    "DistributionShare",
    "Duty",
    "DutyTest",
    "DutyWaiver",
    "Entry",
    "Equalisation",
    "Holding",
    "Lot",
    "Measure",
    "Motion",
    "Partner",
    "PerformanceRun",
    "Posting",
    "Programme",
    "Release",
    "ReportTerms",
    "Seat",
    "SecurityEvent",
    "Settlement",
    "Snapshot",
    "SubFund",
    "Upload",
    "Valuation",
]
