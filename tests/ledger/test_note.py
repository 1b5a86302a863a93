"""Signed notes, checkpoints, cosignatures: what is verified, and every trick that is refused."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ledger import note
from ledger.note import NoteError

NAME, WITNESS = "log.example/audit", "w.example"
SEED, SEED2, SEED3 = (bytes([number]) * 32 for number in (1, 2, 3))
TEXT = note.checkpoint_text(NAME, 8, hashlib.sha256(b"root").digest())
KEY, WITNESS_KEY = note.vkey(NAME, SEED), note.vkey(WITNESS, SEED2, cosigner=True)
LINE, COSIGNED = note.sign(TEXT, NAME, SEED), note.cosign(TEXT, WITNESS, SEED2, 1_700_000_000)
NOTE = note.join(TEXT, [LINE, COSIGNED])


def blob(line):
    return base64.b64decode(line.split(" ")[2])


def spelled(name, data):
    return f"— {name} {base64.b64encode(data).decode()}\n"


def vkey_of(name, kind, public):
    key_id = hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]
    return f"{name}+{key_id.hex()}+{base64.b64encode(bytes([kind]) + public).decode()}"


def test_log_and_witness_are_told_apart():
    found = note.verify(NOTE, [WITNESS_KEY, KEY])
    assert found == note.VerifiedNote(TEXT, [NAME, WITNESS], {WITNESS: 1_700_000_000})
    assert note.verify(NOTE.encode(), [KEY]).signers == [NAME]


def test_lines_of_unknown_keys_are_ignored():
    stranger = note.sign(TEXT, "other.example", SEED3)
    same_name = note.sign(TEXT, NAME, SEED3)
    garbage = spelled(NAME, b"abcd" + b"x" * 3)
    found = note.verify(note.join(TEXT, [stranger, same_name, garbage, LINE]), [KEY])
    assert found.signers == [NAME]


def test_two_keys_under_one_name_while_rotating():
    lines = [LINE, note.sign(TEXT, NAME, SEED3)]
    both = [KEY, note.vkey(NAME, SEED3)]
    assert note.verify(note.join(TEXT, lines), both).signers == [NAME]
    assert len(note.verify_lines(note.join(TEXT, lines), both)[1]) == 2


def test_lines_of_one_key_count_once_with_the_latest_time():
    later = note.cosign(TEXT, WITNESS, SEED2, 1_700_000_600)
    _, signed = note.verify_lines(note.join(TEXT, [COSIGNED, later, COSIGNED]), [WITNESS_KEY])
    assert [line.time for line in signed] == [1_700_000_600]


def test_a_failing_line_of_a_known_key_refuses_the_note():
    broken = bytearray(blob(LINE))
    broken[-1] ^= 1
    for lines in ([LINE, spelled(NAME, bytes(broken))], [spelled(NAME, bytes(broken)), COSIGNED]):
        with pytest.raises(NoteError):
            note.verify(note.join(TEXT, lines), [KEY, WITNESS_KEY])


@pytest.mark.parametrize("cut", [5, 40, 67, 69])
def test_a_signature_of_another_length_is_refused(cut):
    with pytest.raises(NoteError):
        note.verify(note.join(TEXT, [spelled(NAME, (blob(LINE) + b"\0\0")[:cut])]), [KEY])
    with pytest.raises(NoteError):
        note.verify(note.join(TEXT, [spelled(WITNESS, (blob(COSIGNED) + b"\0\0")[:cut])]), [WITNESS_KEY])


def test_right_name_but_wrong_id_is_no_signer():
    with pytest.raises(NoteError, match="no known key"):
        note.verify(note.join(TEXT, [spelled(NAME, b"\0\0\0\0" + blob(LINE)[4:])]), [KEY])


def test_without_a_known_signer_the_note_is_refused():
    for keys in ([], [note.vkey("other", SEED3)]):
        with pytest.raises(NoteError):
            note.verify(NOTE, keys)


def test_the_text_ends_at_the_last_blank_line():
    text = "first\n\nsecond\n\n"
    signed = note.join(text, [note.sign(text, NAME, SEED)])
    assert note.verify(signed, [KEY]).text == text


def test_changed_text_is_refused():
    with pytest.raises(NoteError):
        note.verify(NOTE.replace("\n8\n", "\n9\n"), [KEY])


@pytest.mark.parametrize(
    "malformed",
    [
        TEXT,
        TEXT + "\n",
        TEXT[:-1] + "\n" + LINE,
        NOTE[:-1],
        NOTE + "\n",
        NOTE.replace("\n", "\r\n"),
        NOTE.replace("— ", "- "),
        NOTE.replace("— ", "–\u00a0"),
        NOTE.replace("— ", "—"),
        TEXT + "\n" + LINE.replace(" ", "  ", 1),
        TEXT + "\n" + LINE[:-1] + " \n",
        TEXT + "\n" + LINE.replace("=\n", "\n"),
        TEXT + "\n" + LINE.replace("=\n", "==\n"),
        TEXT + "\n" + LINE.replace("+", "-").replace("/", "_") + "— x !!!!\n",
        TEXT + "\n" + LINE + "— x AAAA\n",
        TEXT + "\n" + LINE + "— x\n",
        TEXT + "\n" + LINE + "—  AAAAAAAA\n",
        TEXT + "\n" + LINE + "— a+b AAAAAAAA\n",
        TEXT + "\n" + LINE + "— a\tb AAAAAAAA\n",
        TEXT + "\n" + LINE + "— x AAAAAAB=\n",
        TEXT + "\n" + LINE + "— x AAA AAAA\n",
        "a\tb\n\n" + note.sign("a b\n", NAME, SEED),
        "a\0\n\n" + LINE,
        "a\x7f\n\n" + LINE,
        "a\ud800\n\n" + LINE,
        NOTE.encode("utf-16"),
        TEXT.encode() + b"\n\xff\xff\n",
        "",
        "\n\n",
    ],
    ids=lambda text: repr(text[-40:]),
)
def test_malformed_notes_are_refused(malformed):
    with pytest.raises(NoteError):
        note.verify(malformed, [KEY, WITNESS_KEY])


def test_one_to_sixty_four_lines():
    others = [note.sign(TEXT, f"n{number}", SEED3) for number in range(64)]
    assert note.verify(note.join(TEXT, [*others[:63], LINE]), [KEY]).signers == [NAME]
    with pytest.raises(NoteError):
        note.verify(note.join(TEXT, [*others, LINE]), [KEY])


PUBLIC = base64.b64decode(KEY.split("+", 2)[2])[1:]
IDENTITY = (1).to_bytes(32, "little")


@pytest.mark.parametrize(
    "vkey",
    [
        vkey_of(NAME, 0x06, PUBLIC),
        vkey_of(NAME, 0x02, PUBLIC),
        vkey_of(NAME, 0x01, PUBLIC[:31]),
        vkey_of(NAME, 0x01, PUBLIC + b"\0"),
        vkey_of("a b", 0x01, PUBLIC),
        vkey_of("", 0x01, PUBLIC),
        vkey_of("a\u3000b", 0x01, PUBLIC),
        vkey_of("a\x01b", 0x01, PUBLIC),
        KEY.replace("+", "+0", 1),
        KEY.split("+")[0] + "+" + KEY.split("+")[1].upper() + "+" + KEY.split("+", 2)[2],
        KEY[:-1],
        KEY + "\n",
        KEY + "=",
        "name",
        vkey_of(NAME, 0x01, IDENTITY),
        vkey_of(NAME, 0x01, bytes(31) + b"\x80"),
        vkey_of(NAME, 0x01, (2**255 - 19 + 1).to_bytes(32, "little")),
        vkey_of(NAME, 0x01, (2**255 - 20).to_bytes(32, "little")),
        vkey_of(NAME, 0x04, bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85")),
        vkey_of(NAME, 0x01, bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa")),
        vkey_of(NAME, 0x01, (2).to_bytes(32, "little")),
        None,
    ],
    ids=repr,
)
def test_a_bad_key_in_the_list_refuses_any_note(vkey):
    with pytest.raises(NoteError):
        note.verify(NOTE, [KEY, vkey])


def test_a_low_order_key_would_verify_any_text():
    """Why they are refused: under the identity point one signature fits every text."""
    universal = IDENTITY + bytes(32)
    for text in (b"pay 1", b"pay 1000"):
        Ed25519PublicKey.from_public_bytes(IDENTITY).verify(universal, text)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u2003b", "a\x85b", "\ud800", 7])
def test_names_that_would_not_verify_are_not_signed_with(name):
    for call in (
        lambda: note.sign(TEXT, name, SEED),
        lambda: note.vkey(name, SEED),
        lambda: note.cosign(TEXT, name, SEED, 1),
    ):
        with pytest.raises(NoteError):
            call()


@pytest.mark.parametrize("seed", [b"", bytes(31), bytes(33), "x" * 32, None])
def test_a_seed_is_32_bytes(seed):
    for call in (
        lambda: note.sign(TEXT, NAME, seed),
        lambda: note.vkey(NAME, seed),
        lambda: note.cosign(TEXT, NAME, seed, 1),
    ):
        with pytest.raises(NoteError):
            call()


@pytest.mark.parametrize("text", ["", "no newline", "a\r\n", "a\tb\n", "a\0\n", "\ud800\n", b"bytes\n"])
def test_texts_that_would_not_verify_are_not_signed(text):
    with pytest.raises(NoteError):
        note.sign(text, NAME, SEED)


@pytest.mark.parametrize("time", [0, -1, 2**63, True, 1.0, "1"])
def test_a_cosignature_has_a_possible_time(time):
    with pytest.raises(NoteError):
        note.cosign(TEXT, WITNESS, SEED2, time)


def test_cosigning_text_or_note_is_the_same():
    assert note.cosign(NOTE, WITNESS, SEED2, 5) == note.cosign(TEXT, WITNESS, SEED2, 5)
    assert note.verify(note.join(TEXT, [note.cosign(TEXT, WITNESS, SEED2, 2**63 - 1)]), [WITNESS_KEY]).times == {
        WITNESS: 2**63 - 1
    }


def test_a_cosignature_moved_to_another_time_is_refused():
    data = bytearray(blob(COSIGNED))
    data[11] ^= 1
    with pytest.raises(NoteError):
        note.verify(note.join(TEXT, [spelled(WITNESS, bytes(data))]), [WITNESS_KEY])


ROOT = base64.b64encode(hashlib.sha256(b"root").digest()).decode()


@pytest.mark.parametrize(
    "text",
    [
        f"{NAME}\n8\n",
        f"{NAME}\n08\n{ROOT}\n",
        f"{NAME}\n-8\n{ROOT}\n",
        f"{NAME}\n+8\n{ROOT}\n",
        f"{NAME}\n٨\n{ROOT}\n",
        f"{NAME}\n9223372036854775808\n{ROOT}\n",
        f"{NAME}\n8\n{ROOT[:-1]}\n",
        f"{NAME}\n8\n{ROOT}",
        f"{NAME}\n8\n{ROOT[:-2]}h=\n",
        f"{NAME}\n8\n{base64.b64encode(b'short').decode()}\n",
        f"\n8\n{ROOT}\n",
        f"a+b\n8\n{ROOT}\n",
        f"{NAME}\n8\n\n{ROOT}\n",
        f"{NAME}\r\n8\r\n{ROOT}\r\n",
    ],
)
def test_malformed_checkpoints_are_not_cosigned(text):
    with pytest.raises(NoteError):
        note.cosign(text, WITNESS, SEED2, 1)


def test_a_checkpoint_says_origin_size_and_root():
    root = hashlib.sha256(b"root").digest()
    assert note.parse_checkpoint(TEXT) == note.Checkpoint(NAME, 8, root)
    assert note.parse_checkpoint(TEXT + "an extension of another log\n") == note.Checkpoint(NAME, 8, root)
    with pytest.raises(NoteError):
        note.checkpoint_text("a b", 8, root)
