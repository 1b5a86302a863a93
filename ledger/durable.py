"""Writing files that survive a power cut: whole or not at all, and in the order they were written."""

import os
import secrets
from pathlib import Path


def write(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Replaces `path` by `data`: a draft is written and fsynced, renamed over it, and the folder is fsynced.

    Without the last step a crash may bring the old file back, which for a signer's state is a rollback.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.rename(draft, path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path, mode: int = 0o755) -> None:
    """Creates a folder and its parents, each name durable in the folder above."""
    if folder.is_dir():
        return
    make_folder(folder.parent, mode)
    folder.mkdir(mode, exist_ok=True)
    sync_folder(folder.parent)
