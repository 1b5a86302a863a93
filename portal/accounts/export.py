"""The person's own data as one ZIP: a JSON file for each holding and a manifest."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder

from portal.accounts.models import User
from portal.accounts.personal import all_holdings


def archive(*, user: User, now: datetime) -> bytes:
    """All that the registered holdings know about ``user``, and nothing about anyone else."""
    buffer, manifest = io.BytesIO(), []
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for holding in all_holdings():
            rows = list(holding.rows(user))
            packed.writestr(f"{holding.code}.json", _json(rows))
            manifest.append({"file": f"{holding.code}.json", "title": str(holding.title), "rows": len(rows)})
        packed.writestr("manifest.json", _json({"made_at": now, "files": manifest}))
    return buffer.getvalue()


def _json(value: object) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
