"""Which of the installed apps are ours."""

from __future__ import annotations

from pathlib import Path

from django.apps import AppConfig, apps
from django.conf import settings


def our_apps() -> list[AppConfig]:
    """The building's own apps, lower floors first."""
    return [config for config in reversed(list(apps.get_app_configs())) if is_ours(Path(config.path))]


def is_ours(folder: Path) -> bool:
    """Whether a folder belongs to this repository; an environment inside it does not."""
    return folder.is_relative_to(settings.BASE_DIR) and "site-packages" not in folder.parts
