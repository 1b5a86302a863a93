"""Static files: names with hashes for all; gzip and brotli ahead of time only for what every visitor loads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from whitenoise.storage import CompressedManifestStaticFilesStorage


class PortalStaticStorage(CompressedManifestStaticFilesStorage):
    """Compresses our own files only: the editors' screens are large and rarely loaded, and would treble the set-up."""

    keep_only_hashed_files = True

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        return super().compress_files([path for path in paths if path.startswith("portal/")])
