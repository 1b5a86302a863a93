"""The public log over HTTP: files for machines, open to every origin, and two pages for people."""

import base64
import json
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ledger import browsing, policy, proof, reading, tiles
from ledger.merkle import ProofError
from ledger.settling import Machinery

IMMUTABLE = "public, max-age=31536000, immutable"
NO_CACHE = "no-cache"
TEXT = "text/plain; charset=utf-8"
PAGE = 25


def _public(data: bytes | str, content_type: str, cache: str) -> HttpResponse:
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": cache}
    return HttpResponse(data, content_type=content_type, headers=headers)


def _missing(request: HttpRequest) -> HttpResponse:
    """A plain 404. Under the portal's addresses a missing file would be redirected to a language first."""
    request.urlconf = "ledger.machine_urls"
    response = _public("not found\n", TEXT, NO_CACHE)
    response.status_code = 404
    return response


def _file(request: HttpRequest, name: str, content_type: str, cache: str) -> HttpResponse:
    try:
        data = (Path(settings.LEDGER["PUBLIC_DIR"]) / name).read_bytes()
    except OSError:
        return _missing(request)
    return _public(data, content_type, cache)


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest published checkpoint; never cached, or readers would believe that time stands still."""
    return _file(request, "checkpoint", TEXT, NO_CACHE)


@require_safe
def policy_file(request: HttpRequest) -> HttpResponse:
    """The policy for verifiers. Whoever trusts it only because it came from here trusts the operator."""
    return _file(request, "policy", TEXT, NO_CACHE)


@require_safe
def tile(request: HttpRequest, path: str) -> HttpResponse:
    """A tile or an entry bundle, by the one spelling of its path."""
    try:
        name = tiles.path(tiles.parse_path(f"tile/{path}"))
    except ProofError:
        return _missing(request)
    return _file(request, name, "application/octet-stream", IMMUTABLE)


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """The log's verifier keys, each with the time of its first signature and of its retirement."""
    file = Machinery.installed().policy_file
    logs = policy.parse(file.read_text("utf-8")).logs if file.exists() else ()
    known = [{"vkey": vkey, "not_before": browsing.first_signature(), "retired_at": None} for vkey in logs]
    return _public(json.dumps(known), "application/json", NO_CACHE)


@require_safe
def leaf(request: HttpRequest, leaf_id: UUID) -> HttpResponse:
    """The exact bytes of a leaf."""
    try:
        return _public(reading.leaf(leaf_id), "application/json", IMMUTABLE)
    except reading.UnknownLeaf:
        return _missing(request)


@require_safe
def leaf_proof(request: HttpRequest, leaf_id: UUID) -> HttpResponse:
    """The leaf's proof under the newest checkpoint; 404 until one covers it."""
    try:
        return _public(reading.prove(leaf_id), TEXT, NO_CACHE)
    except (reading.UnknownLeaf, reading.NotYetWitnessed):
        return _missing(request)


@require_safe
def consistency(request: HttpRequest) -> HttpResponse:
    """`?from=&to=`: the hashes of the proof in base64, one a line, always the same for the same two sizes."""
    try:
        old, new = int(request.GET.get("from", "")), int(request.GET.get("to", ""))
        path = reading.consistency(old, new)
    except (ValueError, proof.ProofError):
        return HttpResponse("from and to: sizes between 1 and the published size, from not larger\n", status=400)
    lines = "".join(f"{base64.b64encode(item).decode()}\n" for item in path)
    return _public(lines, TEXT, IMMUTABLE)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The log's health, and its leaves from the newest."""
    before = request.GET.get("before", "")
    first, leaves = browsing.newest(PAGE, int(before) if before.isdecimal() and len(before) < 19 else None)
    context = {
        "status": reading.status(),
        "leaves": leaves,
        "older": first or None,
        "origin": settings.LEDGER["ORIGIN"],
    }
    return render(request, "ledger/index.html", context)


@require_safe
def leaf_page(request: HttpRequest, leaf_id: UUID) -> HttpResponse:
    """What one leaf says, and how to check it without trusting this page."""
    try:
        shown = browsing.shown(leaf_id)
    except reading.UnknownLeaf as error:
        raise Http404(str(leaf_id)) from error
    return render(request, "ledger/leaf.html", {"leaf": shown, "status": reading.status()})
