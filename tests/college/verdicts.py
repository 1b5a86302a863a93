"""Asking for a verdict, and changing one word of a certificate."""

import copy

from college.credentials import verify
from tests.college.papers import NOW, known


def verdict(document, *, at=NOW, lists=None, issuers_known=None):
    return verify(document, at=at, lists=lists, issuers_known=issuers_known or known())


def reason(document, **given):
    return verdict(document, **given).reason


def changed(document, *path, to):
    copied = copy.deepcopy(document)
    holder = copied
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = to
    return copied


def without(document, *path):
    copied = copy.deepcopy(document)
    holder = copied
    for key in path[:-1]:
        holder = holder[key]
    del holder[path[-1]]
    return copied
