"""The public log over HTTP: files for machines, open to every origin."""

import base64
import hashlib
import json
import re
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from ledger import documents, proof, reading, rotation, tiles
from ledger.merkle import ProofError
from ledger.settling import Machinery

IMMUTABLE = "public, max-age=31536000, immutable"
NO_CACHE = "no-cache"
TEXT = "text/plain; charset=utf-8"
_sha256 = re.compile("[0-9a-f]{64}").fullmatch


def _public(
    request: HttpRequest, data: bytes | str, content_type: str, cache: str, status: int = 200
) -> HttpResponseBase:
    """An answer that any origin may read; 304 when the reader holds these bytes already."""
    body = data.encode() if isinstance(data, str) else data
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "ETag",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Cache-Control": cache,
        "ETag": etag,
    }
    answer = HttpResponse(body, content_type=content_type, headers=headers, status=status)
    if status != 200:
        return answer
    found = get_conditional_response(request, etag=etag, response=answer)
    assert found is not None  # a response was given, so one comes back
    for name, value in headers.items():
        found[name] = value
    return found


def _missing(request: HttpRequest) -> HttpResponseBase:
    """A plain 404. Under the portal's addresses a missing file would be redirected to a language first."""
    request.urlconf = "ledger.machine_urls"
    return _public(request, "not found\n", TEXT, NO_CACHE, 404)


def _file(request: HttpRequest, name: str, content_type: str, cache: str) -> HttpResponseBase:
    try:
        data = (Path(settings.LEDGER["PUBLIC_DIR"]) / name).read_bytes()
    except OSError:
        return _missing(request)
    return _public(request, data, content_type, cache)


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponseBase:
    """The newest published checkpoint; never cached, or readers would believe that time stands still."""
    return _file(request, "checkpoint", TEXT, NO_CACHE)


@require_safe
def policy_file(request: HttpRequest) -> HttpResponseBase:
    """The policy for verifiers. Whoever trusts it only because it came from here trusts the operator."""
    return _file(request, "policy", TEXT, NO_CACHE)


@require_safe
def policy_version(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """A policy as a `ledger.policy.published` leaf names it: receipts of its time are checked by it."""
    if _sha256(sha256) is None:
        return _missing(request)
    return _file(request, f"policies/{sha256}", TEXT, IMMUTABLE)


@require_safe
def tile(request: HttpRequest, path: str) -> HttpResponseBase:
    """A tile or an entry bundle, by the one spelling of its path."""
    try:
        name = tiles.path(tiles.parse_path(f"tile/{path}"))
    except ProofError:
        return _missing(request)
    return _file(request, name, "application/octet-stream", IMMUTABLE)


@require_safe
def keys(request: HttpRequest) -> HttpResponseBase:
    """The log's verifier keys, each with the time from which it counts and of its retirement."""
    known = [key._asdict() for key in rotation.keys(Machinery.installed())]
    return _public(request, json.dumps(known), "application/json", NO_CACHE)


@require_safe
def leaf(request: HttpRequest, leaf_id: UUID) -> HttpResponseBase:
    """The exact bytes of a leaf."""
    try:
        return _public(request, reading.leaf(leaf_id), "application/json", IMMUTABLE)
    except reading.UnknownLeaf:
        return _missing(request)


@require_safe
def leaf_proof(request: HttpRequest, leaf_id: UUID) -> HttpResponseBase:
    """The leaf's proof under the newest checkpoint; 404 until one covers it."""
    try:
        return _public(request, reading.prove(leaf_id), TEXT, NO_CACHE)
    except (reading.UnknownLeaf, reading.NotYetWitnessed):
        return _missing(request)


@require_safe
def consistency(request: HttpRequest) -> HttpResponseBase:
    """`?from=&to=`: the hashes of the proof in base64, one a line, always the same for the same two sizes."""
    try:
        old, new = int(request.GET.get("from", "")), int(request.GET.get("to", ""))
        path = reading.consistency(old, new)
    except (ValueError, proof.ProofError):
        wrong = "from and to: sizes between 1 and the published size, from not larger\n"
        return _public(request, wrong, TEXT, NO_CACHE, 400)
    lines = "".join(f"{base64.b64encode(item).decode()}\n" for item in path)
    return _public(request, lines, TEXT, IMMUTABLE)


@require_safe
def root(request: HttpRequest) -> HttpResponseBase:
    """The log's address in a browser: the page for people."""
    return redirect("ledger:index")


@require_safe
def schema(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """The event types as a `ledger.schema` leaf names them."""
    return _document(request, documents.schemas(), sha256, "application/json")


@require_safe
def machine(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """The rules of cases as a `ledger.machine` leaf names them."""
    return _document(request, documents.machine(), sha256, "application/json")


@require_safe
def verifier(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """The browser verifier as a `ledger.verifier.published` leaf names it."""
    return _document(request, documents.verifier(), sha256, "text/javascript; charset=utf-8")


def _document(request: HttpRequest, now: documents.Document, sha256: str, content_type: str) -> HttpResponseBase:
    """A file by its hash: the one of this version of the portal, or an earlier one from the public folder."""
    if _sha256(sha256) is None:
        return _missing(request)
    if sha256 == now.sha256:
        return _public(request, now.data, content_type, IMMUTABLE)
    return _file(request, f"{now.folder}/{sha256}.{now.suffix}", content_type, IMMUTABLE)


@require_safe
def health(request: HttpRequest) -> HttpResponseBase:
    """Sizes and times for whoever watches the log: 200 when in order or late, 503 on an alarm."""
    found = reading.status()
    body = {
        "state": found.state,
        "size": found.size,
        "signed": found.signed_size,
        "published": found.published_size,
        "published_at": found.published_at.isoformat() if found.published_at else None,
        "waiting": found.waiting,
        "lag_seconds": int(found.lag.total_seconds()),
        "witnesses": found.witnesses,
        "independent_witnesses": found.independent,
        "inspected_at": found.inspected_at.isoformat() if found.inspected_at else None,
        "inspection_problems": found.problems,
    }
    return _public(request, json.dumps(body), "application/json", NO_CACHE, 503 if found.state == "alarm" else 200)


@require_safe
def metrics(request: HttpRequest) -> HttpResponseBase:
    """The same as gauges, in the text format of Prometheus."""
    found = reading.status()
    gauges = {
        "ledger_tree_size": found.size,
        "ledger_signed_size": found.signed_size,
        "ledger_published_size": found.published_size,
        "ledger_waiting_leaves": found.waiting,
        "ledger_lag_seconds": found.lag.total_seconds(),
        "ledger_published_timestamp_seconds": found.published_at.timestamp() if found.published_at else 0,
        "ledger_witnesses": found.witnesses,
        "ledger_independent_witnesses": found.independent,
        "ledger_degraded": int(found.degraded),
        "ledger_alarm": int(found.alarm is not None),
        "ledger_inspection_timestamp_seconds": found.inspected_at.timestamp() if found.inspected_at else 0,
        "ledger_inspection_problems": found.problems,
    }
    lines = "".join(f"# TYPE {name} gauge\n{name} {value}\n" for name, value in gauges.items())
    return _public(request, lines, "text/plain; version=0.0.4; charset=utf-8", NO_CACHE)
