"""The rotating code an instructor shows and students scan. Pure; design of the college, §7.

``/a/<session>/<step>/<mac>``: a step is 30 seconds, the mac the first 16 bytes of HMAC-SHA256 under the session's
secret. The code of this step and of the one before are taken, so a photo of it lives at most 60 seconds.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from datetime import datetime
from hashlib import sha256

STEP_S = 30
MAC_BYTES = 16
KINDS = ("IN", "OUT", "LEAVE", "RETURN")

_path = re.compile(r"/a/([A-Za-z0-9-]{1,64})/([0-9]{1,12})/([A-Za-z0-9_-]{22})").fullmatch


def step_at(now: datetime) -> int:
    """The step that ``now`` lies in: Unix seconds // 30; ``ValueError`` for a time without zone."""
    if now.utcoffset() is None:
        raise ValueError("a time without a zone")
    return int(now.timestamp()) // STEP_S


def path(secret: bytes, session: str, kind: str, now: datetime) -> str:
    """What the code on the screen says at ``now``."""
    step = step_at(now)
    return f"/a/{session}/{step}/{_mac(secret, kind, step)}"


def parts(text: str) -> tuple[str, int, str] | None:
    """Session, step and mac of a scanned path; None when it is none."""
    found = _path(text)
    return (found[1], int(found[2]), found[3]) if found else None


def kind_of(secret: bytes, step: int, mac: str) -> str | None:
    """Which kind of event a code proves for its step, whenever that was; None: none, it was never shown.

    A late upload rests on this alone and then counts only after the instructor ticks the name.
    """
    for kind in KINDS:
        if hmac.compare_digest(_mac(secret, kind, step).encode(), mac.encode()):
            return kind
    return None


def is_fresh(step: int, now: datetime) -> bool:
    """Whether a code of ``step`` may still be used at ``now``: this step or the one before."""
    return step_at(now) - step in (0, 1)


def _mac(secret: bytes, kind: str, step: int) -> str:
    if kind not in KINDS:
        raise ValueError(f"no code for {kind!r}")
    digest = hmac.digest(secret, f"{kind}:{step}".encode(), sha256)
    return urlsafe_b64encode(digest[:MAC_BYTES]).rstrip(b"=").decode("ascii")
