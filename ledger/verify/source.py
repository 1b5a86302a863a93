"""Where a log is read from: a folder or a web address. Nothing that is read is trusted."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from ledger import tiles
from ledger.tiles import Tile

TIMEOUT_SECONDS = 30
# 256 leaves of 65,535 bytes with their lengths: no file of a log is larger.
MAX_BYTES = 256 * 65_537
CHECKPOINT = "checkpoint"


class Unusable(Exception):
    """A file, folder, address or policy that cannot be read: no evidence, in neither direction."""


class Missing(ValueError):
    """The log does not have a file that its own checkpoint calls for."""


class Source(Protocol):
    """A copy of a log."""

    def read(self, path: str) -> bytes:
        """The bytes of a file; `Missing` or `Unusable`."""

    def extra_tiles(self) -> Iterator[str]:
        """Paths of all tile files, where they can be listed."""


class Folder:
    """A log in a folder."""

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise Unusable(f"{folder} is not a folder")
        self.folder = folder

    def read(self, path: str) -> bytes:
        try:
            return (self.folder / path).read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise Missing(f"{path} is missing") from error
        except OSError as error:
            raise Unusable(f"{path}: {error}") from error

    def extra_tiles(self) -> Iterator[str]:
        for path in sorted((self.folder / "tile").rglob("*")):
            # A name with a dot in front is a draft of the publisher, on its way to its own name.
            if path.is_file() and not path.name.startswith("."):
                yield path.relative_to(self.folder).as_posix()


class Web:
    """A log on a web server."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    def read(self, path: str) -> bytes:
        request = urllib.request.Request(f"{self.url}/{path}", headers={"User-Agent": "ledger-verify"})  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
                data = answer.read(MAX_BYTES + 1)
        except urllib.error.HTTPError as error:
            if error.code in (404, 410):
                raise Missing(f"{path} is missing") from error
            raise Unusable(f"{path}: {error}") from error
        except OSError as error:
            raise Unusable(f"{path}: {error}") from error
        if len(data) > MAX_BYTES:
            raise Missing(f"{path} is larger than any file of a log")
        return data

    def extra_tiles(self) -> Iterator[str]:
        return iter(())


def open_source(where: str) -> Source:
    """The copy at a folder or an http(s) address."""
    if where.startswith(("http://", "https://")):
        return Web(where)
    return Folder(Path(where))


def read_tile(source: Source, tile: Tile) -> bytes:
    """A tile or bundle; a partial one that is gone may have become a full one, whose beginning it is."""
    try:
        return source.read(tiles.path(tile))
    except Missing:
        if tile.width == tiles.WIDTH:
            raise
        full = source.read(tiles.path(tile._replace(width=tiles.WIDTH)))
    if tile.level != tiles.ENTRIES:
        return full[: 32 * tile.width]
    return tiles.encode_bundle(tiles.decode_bundle(full, tiles.WIDTH)[: tile.width])


def read_text(path: str) -> str:
    """A file named on the command line, as UTF-8 text; `Unusable` when it cannot be read."""
    return read_file(path).decode("utf-8")


def read_file(path: str) -> bytes:
    """A file named on the command line; `Unusable` when it cannot be read."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise Unusable(str(error)) from error
