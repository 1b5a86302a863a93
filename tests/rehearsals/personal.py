"""What must not stand in any leaf: the personal data of a whole database, and the search for it."""

from __future__ import annotations

import re
from collections.abc import Iterable

import psycopg

#: Columns by the end of their names, in every table of the portal.
COLUMNS = {
    "emails": r"e?mail$",
    "phones": r"(phone|tel|mobile|fax)$",
    "numbers": r"(business_number|virtual_account|registration_number)$",
    "names": r"(^representative|^person_name|^account_holder)$",
}
#: And those whose names say too little by themselves.
TABLES = {
    "names": [
        ("mice_registrant", "name"),
        ("accounts_user", "name"),
        ("accounts_organisation", "name_ko"),
        ("accounts_organisation", "name_en"),
        ("accounts_organisation", "address"),
        ("college_person", "name"),
        ("college_draw", "public_name"),
        ("intake_attachment", "name"),
    ],
}
#: What stands for something else by design: commitments, ids, hashes and random references.
_opaque = re.compile(r'"(?:[A-Za-z0-9_-]{43}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|[0-9a-f]{32,64})"').sub
_email = re.compile(r'[^\s"@]+@[^\s"@]+\.[a-z]+').findall
_phone = re.compile(r"(?<![0-9A-Za-z])(?:\+82[- .]?|0)1[016789][- .]?\d{3,4}[- .]?\d{4}(?![0-9A-Za-z])").findall


def values(connection: psycopg.Connection) -> dict[str, set[str]]:
    """Everything personal in this database by its kind, spelled as stored; numbers also without their signs."""
    columns = connection.execute(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name !~ '^(django|ledger|wagtail|auth)_' AND data_type ~ 'char|text'"
    ).fetchall()
    found: dict[str, set[str]] = {kind: set() for kind in COLUMNS}
    for kind, pattern in COLUMNS.items():
        named = [pair for pair in columns if re.search(pattern, pair[1])]
        for table, column in [*named, *TABLES.get(kind, [])]:
            rows = connection.execute(f'SELECT DISTINCT "{column}" FROM "{table}"').fetchall()
            found[kind] |= {value for (value,) in rows if value}
    for answers in _answers(connection, columns):
        found["emails"] |= set(_email(answers))
        found["phones"] |= set(_phone(answers))
    for kind in ("phones", "numbers"):
        found[kind] |= {re.sub(r"\D", "", value) for value in found[kind]}
    return {kind: {value for value in these if _telling(value)} for kind, these in found.items()}


def _answers(connection: psycopg.Connection, columns: list[tuple[str, str]]) -> Iterable[str]:
    """What people wrote into forms."""
    forms = connection.execute(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND column_name = 'answers' AND table_name ~ '^intake_'"
    ).fetchall()
    for table, column in forms:
        rows = connection.execute(f'SELECT "{column}"::text FROM "{table}"').fetchall()
        yield from (text for (text,) in rows if text)


def _telling(value: str) -> bool:
    """Long enough to mean somebody: two signs of Korean, five of anything else."""
    return len(value) >= (5 if value.isascii() else 2)


def found(leaves: Iterable[bytes], known: dict[str, set[str]]) -> list[str]:
    """Each leaf that holds something of this, or any text, address or telephone number at all."""
    wanted = {value.casefold() for these in known.values() for value in these}
    told = []
    for index, data in enumerate(leaves):
        # Codes, numbers and references are ASCII: another letter is somebody's words, or a name.
        text = _opaque('""', data.decode())
        plain = text.casefold()
        reasons = [value for value in wanted if value in plain] + _email(text) + _phone(text)
        if reasons or not text.isascii():
            told.append(f"leaf {index}: {', '.join(reasons) or 'free text'}")
    return told
