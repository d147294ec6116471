"""Which solver code the user has agreed to run, by digest, in the user's own configuration."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from assay.errors import StoppedError, TrustError
from assay.evidence import canonical, digest

ENVIRONMENT = "ASSAY_CONFIG_HOME"
"""Names the folder to use instead of the platform's."""

_FILE = "trusted.json"


def trust(folder: Path, files: Mapping[str, str]) -> str:
    """Remember that the user trusts these files of the programme in `folder`, and return their digest.

    Parameters
    ----------
    folder
        The programme's folder.
    files
        Path inside the folder to ``sha256:`` digest, for every file that a solver runs or reads.
    """
    known = _read()
    found = digest(canonical(dict(files)))
    known[str(folder.resolve())] = found
    place = _place()
    beside = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        beside.replace(place)
    except OSError as error:
        raise StoppedError(f"cannot write {place}: {error.strerror}") from error
    return found


def is_trusted(folder: Path, files: Mapping[str, str]) -> bool:
    """Return whether exactly these files, in this folder, have been trusted."""
    return not files or _read().get(str(folder.resolve())) == digest(canonical(dict(files)))


def require_trust(folder: Path, files: Mapping[str, str]) -> None:
    """Return if these files are trusted in their present form.

    Raises
    ------
    TrustError
        Naming the command that trusts them.
    """
    if is_trusted(folder, files):
        return
    names = ", ".join(sorted(files))
    again = "has changed since it was trusted" if str(folder.resolve()) in _read() else "has not been trusted"
    raise TrustError(
        f"the solver code of this programme {again} ({names}): read it, then run `assay trust {folder}`"
    )


def _place() -> Path:
    override = os.environ.get(ENVIRONMENT)
    if override:
        return Path(override) / _FILE
    from platformdirs import user_config_path

    return user_config_path("assay") / _FILE


def _read() -> dict[str, str]:
    try:
        known = json.loads(_place().read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):  # unreadable means that nothing is trusted, never that all is
        return {}
    if not isinstance(known, dict):
        return {}
    return {name: value for name, value in known.items() if isinstance(value, str)}
