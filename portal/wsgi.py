"""The door for web servers (gunicorn with threads)."""

import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import reverse
from django.utils import translation

from portal.celery import app

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = get_wsgi_application()


def _warm() -> None:
    """Load before workers are forked what the first requests of each would load while others wait."""
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            reverse("health")  # reads every room's addresses
    app.connection_for_write().get_transport_cls()


def _settle() -> None:
    """Keep the collector away from what is loaded and stays: to look through it all stops a process for a quarter second."""
    gc.collect()
    gc.freeze()


_warm()
_settle()
