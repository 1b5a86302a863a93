"""Certificates taken back, and lists that cannot be relied on."""

import pytest

from college import statuslist
from tests.college.papers import BITS, INDEX, LISTS, NOW, OTHER_SEED, known, listed, paper, shelf, status_list
from tests.college.verdicts import reason

LISTED = listed()


def taken_back(*purposes):
    bits = statuslist.with_bit(BITS, INDEX, True)
    return shelf(*(status_list(purpose, bits=bits) for purpose in purposes))


def test_taken_back():
    assert reason(LISTED, lists=taken_back("revocation")) == "status.revoked"
    assert reason(LISTED, lists=taken_back("suspension")) == "status.suspended"
    assert reason(LISTED, lists=taken_back("suspension", "revocation")) == "status.revoked"


def test_lists_of_the_issuer_are_used_when_none_are_given():
    assert reason(LISTED, issuers_known=known(lists=taken_back("revocation"))) == "status.revoked"
    assert reason(LISTED, issuers_known=known(lists=shelf())) is None


ELSEWHERE = {**status_list("suspension"), "id": LISTS["revocation"]}
BAD_LISTS = {
    "at hand": lambda: {}.get,
    "signed": lambda: shelf({**status_list("revocation"), "validUntil": "2030-01-01T00:00:00Z"}),
    "signed by us": lambda: shelf(status_list("revocation", seed=OTHER_SEED)),
    "in force": lambda: shelf(status_list("revocation", until=NOW)),
    "ours": lambda: shelf(status_list("revocation", issuer="https://other.example")),
    "of the purpose": lambda: shelf(status_list("suspension", url=LISTS["revocation"])),
    "the one named": lambda: {**dict.fromkeys(LISTS.values(), status_list("revocation"))}.get,
    "long enough": lambda: shelf(status_list("revocation", bits=BITS[:-1])),
    "a list": lambda: shelf(status_list("revocation", type=["VerifiableCredential"])),
    "an object": lambda: lambda address: "nothing",
}


@pytest.mark.parametrize("missing", BAD_LISTS)
def test_a_list_that_is_not(missing):
    assert reason(LISTED, lists=BAD_LISTS[missing]()) == "status.unknown"


def test_no_lists_at_hand():
    assert reason(LISTED) == "status.unknown"


@pytest.mark.parametrize(
    "changes",
    [
        {"statusListIndex": str(len(BITS) * 8)},
        {"statusListIndex": "-1"},
        {"statusListIndex": "１"},
        {"statusListIndex": 7},
        {"statusPurpose": "message"},
        {"type": "Other"},
        {"statusListCredential": "https://madang.example/none"},
        {"statusSize": 2},
    ],
    ids=str,
)
def test_an_entry_that_cannot_be_looked_up(changes):
    bare = {key: value for key, value in LISTED.items() if key != "proof"}
    entry = {**bare["credentialStatus"][0], **changes}
    document = paper("jcs", document={**bare, "credentialStatus": entry})
    assert reason(document, lists=shelf()) == "status.unknown"


def test_entries_without_end_are_not_looked_up():
    bare = {key: value for key, value in LISTED.items() if key != "proof"}
    for count in (0, 9):
        document = paper("jcs", document={**bare, "credentialStatus": bare["credentialStatus"][:1] * count})
        assert reason(document, lists=shelf()) == "status.unknown"
