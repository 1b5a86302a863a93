"""Alarms: what people must look at. The ledger raises them; a room above says who is told, and how."""

import logging
from collections.abc import Callable

type Listener = Callable[[str, str], None]

logger = logging.getLogger("ledger.alarm")
_listeners: list[Listener] = []


def on_alarm(listener: Listener) -> None:
    """Registers a function that is told the code of each alarm (such as `inspection`) and one sentence about it."""
    if listener not in _listeners:
        _listeners.append(listener)


def sound(code: str, sentence: str) -> None:
    """Tells the log of the process and every listener."""
    logger.critical("%s: %s", code, sentence)
    for listener in _listeners:
        listener(code, sentence)
