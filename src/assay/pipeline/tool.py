"""The name and version that records carry; they are not part of any recipe."""

from __future__ import annotations

from typing import Final

from assay import __version__

TOOL: Final[dict[str, str]] = {"name": "assay", "version": __version__}
