"""The Korean business registration number (사업자등록번호) and its check digit.

Source of the rule: National Tax Service; weights 1 3 7 1 3 7 1 3 5, plus the tens of ninth digit × 5. The digits prove
that a number was typed right, not that the business is open: that is the finding ``business_status`` of intake.
"""

import re

_FORM = re.compile(r"[0-9]{10}|[0-9]{3}-[0-9]{2}-[0-9]{5}")
_WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)
_NOBODY = "0000000000"


def is_valid(text: str) -> bool:
    """Whether ``text`` is ten ASCII digits or NNN-NN-NNNNN, nothing around them, with the right check digit."""
    if not isinstance(text, str) or not _FORM.fullmatch(text):
        return False
    digits = text.replace("-", "")
    return digits != _NOBODY and check_digit(digits[:9]) == int(digits[9])


def check_digit(first_nine: str) -> int:
    """The tenth digit that belongs to nine ASCII digits."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first_nine, strict=True))
    return (10 - (total + int(first_nine[8]) * 5 // 10) % 10) % 10


def normalise(text: str) -> str:
    """The form kept in the database: ten digits. Spaces and line breaks around a typed number are dropped.

    Raises ``ValueError`` when the rest is not a valid number.
    """
    trimmed = text.strip()
    if not is_valid(trimmed):
        raise ValueError("not a valid business registration number")
    return trimmed.replace("-", "")


def formatted(digits: str) -> str:
    """``1234567891`` as people write it: ``123-45-67891``."""
    return f"{digits[:3]}-{digits[3:5]}-{digits[5:]}"
