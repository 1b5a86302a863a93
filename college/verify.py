"""``python -m college.verify FILE [--list FILE]… [--keys FILE]``: check a certificate without portal or database.

``--list`` gives a status list the certificate names, ``--keys`` the issuer's DID document (``/college/did.json``).
Exit 0: valid; 1: refused; 2: a file cannot be used.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from college import issuers, strictjson
from college.credentials import verify
from college.verifying import Verdict

VALID, REFUSED, UNUSABLE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the verdict and each check; the exit code of the command."""
    asked = _parser().parse_args(arguments)
    try:
        document = Path(asked.file).read_bytes()
        lists = dict(_status_list(path) for path in asked.list)
        known = issuers.from_document(_object(asked.keys)) if asked.keys else None
    except (OSError, ValueError) as error:
        print(f"unusable: {error}", file=sys.stderr)
        return UNUSABLE
    own = {known.did: known} if known is not None else {}
    verdict = verify(document, lists=lists.get, issuers_known=own.get)
    print(_report(verdict))
    return VALID if verdict.ok else REFUSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m college.verify", description="Check a certificate (JSON).")
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("--list", metavar="FILE", action="append", default=[], help="a status list it names")
    parser.add_argument("--keys", metavar="FILE", help="the issuer's DID document")
    return parser


def _status_list(path: str) -> tuple[str, dict[str, Any]]:
    listed = _object(path)
    return str(listed.get("id")), listed


def _object(path: str) -> dict[str, Any]:
    value = strictjson.parse(Path(path).read_bytes())
    if not isinstance(value, dict):
        raise ValueError(f"{path} holds no JSON object")
    return value


def _report(verdict: Verdict) -> str:
    issuer = "issuer known" if verdict.issuer_known else "issuer not known"
    words = {True: "ok", False: "FAILED", None: "-"}
    lines = [f"valid, {issuer}" if verdict.ok else f"refused: {verdict.reason}"]
    lines += [f"  {words[check.ok]:7}{check.name}  {check.detail}".rstrip() for check in verdict.checks]
    if verdict.document is not None:
        lines.append(json.dumps(verdict.document.get("credentialSubject"), ensure_ascii=False, indent=1))
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
