"""The tables of the fund room."""

from fund.models.books import Book, Entry, Posting
from fund.models.calls import BankReceipt, CallLine, CallShare, CapitalCall
from fund.models.distributions import Distribution, DistributionShare
from fund.models.partners import Close, Commitment, Equalisation, Partner, Release
from fund.models.programme import AgreementVersion, CapBreach, Programme, SubFund

__all__ = [
    "AgreementVersion",
    "BankReceipt",
    "Book",
    "CallLine",
    "CallShare",
    "CapBreach",
    "CapitalCall",
    "Close",
    "Commitment",
    "Distribution",
    "DistributionShare",
    "Entry",
    "Equalisation",
    "Partner",
    "Posting",
    "Programme",
    "Release",
    "SubFund",
]
