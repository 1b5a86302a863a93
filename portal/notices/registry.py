"""What people can be told about. Rooms register their topics in ``AppConfig.ready()``."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Topic:
    """One kind of notice.

    ``name`` stands in the preferences; ``title`` and ``body`` are lazily translated texts with ``{named}`` places that
    the context fills, ``template`` a text template instead of ``body``. A ``required`` topic is mailed whatever the
    preference says: a decision that starts a clock.
    """

    code: str
    name: str | Promise
    title: str | Promise
    body: str | Promise = ""
    template: str = ""
    required: bool = False


_topics: dict[str, Topic] = {}


def register(topic: Topic) -> Topic:
    """Make a topic known; another one with the same code fails at start."""
    if _topics.setdefault(topic.code, topic) != topic:
        raise ValueError(f"two topics called {topic.code}")
    return topic


def find(code: str) -> Topic:
    """The topic; ``KeyError`` when no room registered it."""
    return _topics[code]


def all_topics() -> list[Topic]:
    """Every topic, in the order of registration."""
    return list(_topics.values())
