"""Reading files of an untrusted folder: never outside of it, never endless, never a traceback."""

from __future__ import annotations

import stat
from pathlib import Path

from assay.errors import InputError
from assay.evidence.records import digest
from assay.programme._problems import Problems

MAX_TEXT = 8 * 2**20
"""Bytes of a TOML, CSV or Markdown file."""
MAX_FILE = 512 * 2**20
"""Bytes of any other file, of which only the digest is wanted."""


class Folder:
    """A programme folder; what cannot be read is noted as a problem."""

    def __init__(self, root: Path, problems: Problems) -> None:
        try:
            self.root = root.resolve(strict=True)
            if not self.root.is_dir():
                raise InputError(f"{root} is not a folder; name the folder that holds programme.toml")
            next(iter(self.root.iterdir()), None)
        except (OSError, RuntimeError, ValueError) as error:
            raise InputError(f"{root} cannot be read ({_reason(error)}); name a programme folder") from error
        self.problems = problems

    def refusal(self, relative: str) -> str | None:
        """Return why a path is refused, or None: only plain paths inside the folder are read."""
        if not relative or not relative.isprintable() or len(relative) > 500:
            return "is not a file name"
        if "\\" in relative or relative.startswith(("/", "~")) or ":" in relative:
            return "is not a path inside the programme folder, with forward slashes"
        if any(part in ("", ".", "..") for part in relative.split("/")):
            return "leads out of the programme folder"
        try:
            inside = (self.root / relative).resolve().is_relative_to(self.root)
        except (OSError, RuntimeError, ValueError) as error:
            return f"cannot be followed ({_reason(error)})"
        return None if inside else "leads out of the programme folder through a link"

    def exists(self, relative: str) -> bool:
        """Return whether something, whatever it is, bears that name; a refused path does not."""
        try:
            return self.refusal(relative) is None and (self.root / relative).exists()
        except OSError:
            return True

    def read(self, relative: str, limit: int = MAX_FILE) -> bytes | None:
        """Return a file's bytes; None, with a problem noted, if it cannot be read."""
        refusal = self.refusal(relative)
        if refusal is not None:
            self.problems.add(relative, None, f"the path {refusal}", "keep the file inside the folder")
            return None
        path = self.root / relative
        try:
            if not stat.S_ISREG(path.stat().st_mode):
                self.problems.add(relative, None, "is not a plain file", "put a plain file there")
                return None
            with path.open("rb") as file:
                data = file.read(limit + 1)
        except OSError as error:
            self.problems.add(
                relative, None, f"cannot be read ({_reason(error)})", "put a readable file there"
            )
            return None
        if len(data) > limit:
            self.problems.add(relative, None, f"is larger than {limit} bytes", "split it or leave it out")
            return None
        return data

    def text(self, relative: str) -> str | None:
        """Return a UTF-8 file's text with plain line ends and without byte-order mark; or None."""
        data = self.read(relative, MAX_TEXT)
        if data is None:
            return None
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            self.problems.add(relative, line, "is not UTF-8 text", "save it with the encoding UTF-8")
            return None
        text = text.replace("\r\n", "\n")
        for number, content in enumerate(text.split("\n"), 1):
            if any((ord(c) < 32 and c != "\t") or ord(c) == 127 for c in content):
                self.problems.add(relative, number, "a control character", "remove it")
                return None
        return text

    def digest(self, relative: str) -> str | None:
        """Return the digest of a file's bytes; None, with a problem noted, if it cannot be read."""
        data = self.read(relative)
        return None if data is None else digest(data)

    def listing(self, folder: str, suffix: str) -> list[str]:
        """Return the files directly in a subfolder with that suffix, sorted; none if it is missing."""
        path = self.root / folder
        try:
            if not path.is_dir():
                return []
            names = sorted(p.name for p in path.iterdir() if p.name.endswith(suffix))
        except OSError as error:
            self.problems.add(folder, None, f"cannot be read ({_reason(error)})", "make the folder readable")
            return []
        return [f"{folder}/{name}" for name in names if not name.startswith((".", "~"))]


def document_digest(root: Path, relative: str) -> str | None:
    """Return the digest of a document as it is now, or None if it is missing or cannot be read."""
    folder = Folder(root, Problems())
    return folder.digest(relative) if folder.exists(relative) else None


def _reason(error: Exception) -> str:
    return (error.strerror or type(error).__name__) if isinstance(error, OSError) else str(error)
