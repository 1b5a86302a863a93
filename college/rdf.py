"""A JSON-LD document as canonical N-Quads (RDFC-1.0), refusing whatever the N-Quads would not cover. Pure.

The work is pyld's; its URDNA2015 is RDFC-1.0 for everything admitted here. What pyld drops or completes in silence is
refused instead, because a signature over the quads would let others change it: undefined terms, relative identifiers,
blank node labels, nulls, empty lists, keywords other than those RDF keeps. Text in an IRI that could pass for another
quad, and control characters that the two algorithms escape differently, are refused too. Work on hostile input is
bounded: canonicalisation is factorial in indistinguishable nodes.
"""

import json
import math
import re
import threading
from collections.abc import Mapping
from typing import Any, NoReturn

from cachetools import LRUCache
from pyld.canon import URDNA2015
from pyld.context_resolver import ContextResolver
from pyld.jsonld import JsonLdError, JsonLdProcessor

from college import contexts as pins

MAX_VALUES = 600
MAX_WORK = 2_000
#: Contexts and the parts of them that hold for one type or term; the pinned two have some sixty.
_MOST_READ = 200
# Relative references are completed with this scheme, which nobody else uses, and so are recognised.
_BASE = "x-relative://x/"
_KEPT_KEYWORDS = frozenset({"@id", "@type", "@value", "@language"})

_absolute = re.compile(r"""(?!x-relative:)[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>"{}|\\^`\x7f-\x9f]*""").fullmatch
_language = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*").fullmatch
_control = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]").search


class ContextError(ValueError):
    """A signature over the quads would not cover all of the document, or its contexts are not the known ones."""


def canonical(document: Mapping[str, Any], contexts: Mapping[str, str] | None = None) -> str:
    """Canonical N-Quads of ``document``.

    ``contexts`` maps the addresses that ``@context`` may name to JSON texts; None: the two pinned ones. Raises
    ``ContextError``.
    """
    known = pins.pinned() if contexts is None else contexts
    _check_contexts(document.get("@context"), known)
    body = {key: value for key, value in document.items() if key != "@context"}
    if _checked_size(body) > MAX_VALUES:
        raise ContextError(f"more than {MAX_VALUES} values")
    loader = _Loader(known)
    read = _read_here() if contexts is None else {}
    options = {"base": _BASE, "documentLoader": loader, "contextResolver": ContextResolver(read, loader)}
    try:
        dataset = _Processor().to_rdf(dict(document), options)
        return str(_Bounded().main(dataset, {"format": "application/n-quads"}))
    except JsonLdError as error:
        raise ContextError(f"not readable as JSON-LD: {_innermost(error)}") from error


_here = threading.local()


def _read_here() -> Any:
    """What this thread has read of the pinned contexts, which never change; pyld keeps it, and is not safe between threads."""
    if not hasattr(_here, "read"):
        _here.read = LRUCache(maxsize=_MOST_READ)
    return _here.read


def _check_contexts(named: Any, known: Mapping[str, str]) -> None:
    listed = named if isinstance(named, list) else [named]
    if not listed or any(not isinstance(each, str) or each not in known for each in listed):
        raise ContextError("another context than the known ones")


def _checked_size(value: Any) -> int:
    """How many values there are, after refusing those that leave no trace in RDF."""
    if value is None:
        raise ContextError("a null, which no signature covers")
    if isinstance(value, list):
        if not value:
            raise ContextError("an empty list, which no signature covers")
        return 1 + sum(_checked_size(item) for item in value)
    if isinstance(value, dict):
        for key in value:
            if (key.startswith("@") and key not in _KEPT_KEYWORDS) or key.startswith("_:"):
                raise ContextError(f"{key!r} inside the document")
        return 1 + sum(_checked_size(item) for item in value.values())
    return 1


class _Loader:
    """Hands pyld the known contexts and nothing else; each call parses anew, since pyld changes what it is given."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self.known = known

    def __call__(self, url: str, options: dict[str, Any]) -> dict[str, Any]:
        if url not in self.known:
            raise ContextError("another context than the known ones")
        parsed = json.loads(self.known[url])
        return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": parsed}


class _Processor(JsonLdProcessor):
    """pyld's processor, which looks at what expansion left before it becomes RDF."""

    def __init__(self) -> None:
        super().__init__(on_property_dropped=_refuse_term)

    def expand(self, input_: Any, options: dict[str, Any]) -> list[Any]:
        expanded: list[Any] = super().expand(input_, options)
        for node in expanded:
            _check_expanded(node)
        return expanded


class _Bounded(URDNA2015):
    """pyld's canonicalisation with a limit on the permutations it may try."""

    def __init__(self) -> None:
        super().__init__()
        self.work = 0

    def create_hash_to_related(self, id_: str, issuer: Any) -> dict[str, list[str]]:
        related: dict[str, list[str]] = super().create_hash_to_related(id_, issuer)
        self.work += 1 + sum(math.factorial(min(len(group), 8)) for group in related.values())
        if self.work > MAX_WORK:
            raise ContextError("too many nodes that look alike")
        return related


def _refuse_term(name: str | None) -> NoReturn:
    raise ContextError(f"a term no context defines: {name}")


def _check_expanded(value: Any) -> None:
    if isinstance(value, list):
        for item in value:
            _check_expanded(item)
    elif isinstance(value, dict):
        if "@value" in value:
            _check_literal(value)
        else:
            _check_node(value)


def _check_node(node: dict[str, Any]) -> None:
    for key, value in node.items():
        if key == "@id":
            _check_iri(value)
        elif key == "@type":
            for each in value:
                _check_iri(each)
        else:
            if not key.startswith("@"):
                _check_iri(key)
            _check_expanded(value)


def _check_literal(literal: dict[str, Any]) -> None:
    value, kind = literal["@value"], literal.get("@type")
    if kind != "@json":
        if kind is not None:
            _check_iri(kind)
        if isinstance(value, str) and _control(value):
            raise ContextError("a control character")
    language = literal.get("@language")
    if language is not None and _language(language) is None:
        raise ContextError(f"no language tag: {language!r}")


def _check_iri(value: Any) -> None:
    if not isinstance(value, str) or _absolute(value) is None:
        raise ContextError(f"a relative or malformed identifier: {value!r}")


def _innermost(error: BaseException) -> str:
    while error.__cause__ is not None:
        error = error.__cause__
    return str(error).partition("\n")[0][:200]
