"""Every worked example and official vector through its door, byte for byte."""

import hashlib
import json
from datetime import date
from itertools import pairwise

import pytest
import rfc8785

from college import contexts, multikey, proofs, refunds, statuslist
from college.attendance import day_status, meets, tally
from college.completion import judge
from college.credentials import verify
from college.experts import count, month
from portal.core import lottery
from tests.college import examples
from tests.college.examples import EXAMPLES

JCS = EXAMPLES["eddsa_jcs_2022"]
MONTHS = EXAMPLES["expert_months"]["rows"]
REFUNDS = [(door, row) for door, rows in EXAMPLES["refunds"].items() for row in rows]


def named(case):
    return case.get("name") if isinstance(case, dict) else None


def test_every_section_has_its_test():
    told = {"about", "contexts_origin"}
    assert set(EXAMPLES) - told == {
        "contexts",
        "eddsa_jcs_2022",
        "mutations_of_signed",
        "status_list",
        "attendance_days",
        "tallies",
        "meets",
        "completion",
        "refunds",
        "lottery",
        "experts",
        "expert_months",
    }


@pytest.mark.parametrize("url", EXAMPLES["contexts"])
def test_context(url):
    pin = EXAMPLES["contexts"][url]
    assert contexts.PINS[url] == (pin["package_file"], pin["sha256"])
    assert hashlib.sha256(contexts.text(url).encode()).hexdigest() == pin["sha256"]


def test_there_are_no_other_contexts():
    assert set(contexts.PINS) == set(EXAMPLES["contexts"])


def test_official_jcs_vector_is_signed_byte_for_byte():
    config, seed = JCS["proof_config"], bytes.fromhex(JCS["seed_hex"])
    signed = proofs.sign(
        JCS["unsigned"],
        suite="eddsa-jcs-2022",
        seed=seed,
        method=config["verificationMethod"],
        created=config["created"],
    )
    assert json.dumps(signed, ensure_ascii=False) == json.dumps(JCS["signed"], ensure_ascii=False)


def test_official_jcs_vector_step_by_step():
    document, config = JCS["unsigned"], JCS["proof_config"]
    assert rfc8785.dumps(document).decode() == JCS["canonical_document"]
    assert rfc8785.dumps(config).decode() == JCS["canonical_proof"]
    assert proofs.digest(document) == JCS["document_hash"]
    assert proofs.signed_bytes(document, config).hex() == JCS["proof_hash"] + JCS["document_hash"]
    assert multikey.decode_base58btc(JCS["signed"]["proof"]["proofValue"]).hex() == JCS["signature_hex"]


def test_official_keys():
    public = multikey.decode_public(JCS["publicKeyMultibase"])
    assert multikey.encode_public(public) == JCS["publicKeyMultibase"]
    assert multikey.key_method(public) == JCS["proof_config"]["verificationMethod"]
    # An Ed25519 secret key in multibase: the two bytes 0x8026, then the seed.
    assert multikey.decode_base58btc(JCS["secretKeyMultibase"]).hex() == "8026" + JCS["seed_hex"]


def test_official_jcs_vector_verifies():
    verdict = verify(JCS["signed"])
    assert verdict.ok is True
    assert verdict.reason is None
    assert verdict.issuer_known is False
    assert [check.ok for check in verdict.checks if check.name == "issuer"] == [None]
    assert verdict.document == JCS["signed"]


@pytest.mark.parametrize("case", EXAMPLES["mutations_of_signed"]["cases"], ids=named)
def test_mutation(case):
    verdict = verify(examples.edited(JCS["signed"], case["edits"]))
    assert (verdict.ok, verdict.reason) == (case["ok"], case["reason"])


def test_status_list_of_the_recommendation():
    given = EXAMPLES["status_list"]
    assert statuslist.decode(given["rec_all_zero"]) == bytes(given["bytes"])


def test_own_status_list():
    given = EXAMPLES["status_list"]
    bits = bytes(given["bytes"])
    for index in given["own"]["set"]:
        bits = statuslist.with_bit(bits, index, True)
    read = statuslist.decode(statuslist.encode(bits))
    assert read[:3].hex() == given["own"]["first_bytes_hex"]
    assert [index for index in range(len(read) * 8) if statuslist.is_set(read, index)] == given["own"]["set"]


@pytest.mark.parametrize("case", EXAMPLES["attendance_days"], ids=named)
def test_day(case):
    day = day_status(
        examples.events(case["events"]), examples.session(case["session"]), examples.policy(case["policy"])
    )
    assert examples.plain(day) == case["day"]


@pytest.mark.parametrize("case", EXAMPLES["tallies"], ids=named)
def test_tally(case):
    result = tally([examples.day(row) for row in case["days"]], examples.policy(case["policy"]))
    assert examples.plain(result) == case["tally"]
    assert meets(result.attended_units, result.scheduled_units, case["percent"]) is case["meets"]


@pytest.mark.parametrize("case", EXAMPLES["meets"])
def test_meets(case):
    assert meets(case["attended_units"], case["scheduled_units"], case["percent"]) is case["meets"]


@pytest.mark.parametrize("case", EXAMPLES["completion"], ids=named)
def test_completion(case):
    judged = judge(
        examples.tally(case["tally"]), case["scores"], examples.completion_policy(case["policy"]), case["open_case"]
    )
    assert examples.plain(judged) == {"completed": case["completed"], "reasons": case["reasons"]}


@pytest.mark.parametrize(("door", "case"), REFUNDS)
def test_refund(door, case):
    given = {key: value for key, value in case.items() if key != "refund"}
    bands = {} if door == "by_session" else {"bands": refunds.LIFELONG_2024}
    assert getattr(refunds, door)(**given, **bands) == case["refund"]


def test_lottery():
    given = EXAMPLES["lottery"]
    secret = bytes.fromhex(given["secret_hex"])
    assert lottery.commitment(secret) == given["commitment"]
    assert lottery.seed(secret, given["public_value"]).hex() == given["seed_hex"]
    assert lottery.order(bytes.fromhex(given["seed_hex"]), given["ids"]) == given["order"]


@pytest.mark.parametrize("case", EXAMPLES["experts"], ids=named)
def test_experts(case):
    result = count(
        examples.graduations(case["graduations"]),
        examples.links(case["links"]),
        {person: examples.at(since) for person, since in case["strong"].items()},
        tuple(date.fromisoformat(day) for day in case["window"]),
        examples.at(case["as_of"]),
    )
    assert examples.plain(result) == case["count"]


@pytest.mark.parametrize(("earlier", "row"), list(pairwise(MONTHS)), ids=lambda row: row["month"])
def test_expert_month(earlier, row):
    # A month without a line of its own (2020-04) changed nothing, so the line before it still holds.
    before = earlier["total"] + row["correction"]
    line = month(earlier["total"], before, row["total"])
    assert examples.plain(line) == {key: row[key] for key in ("total", "new", "correction")}
    assert sum(cause["n"] for cause in row.get("causes", [])) == line.correction
