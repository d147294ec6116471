"""The seal: one comment line that binds every byte of the finished PDF.

It stands directly before ``startxref``, behind the trailer, so no cross-reference offset moves; qpdf and
poppler accept it. The digest is taken with its own digits as zeros. One line feed is added behind the last
``%%EOF`` so that a signature's update begins on a line of its own; it is the only byte outside the digest.
"""

from __future__ import annotations

import hashlib

from assay.errors import EvidenceError

PREFIX = b"%assay-seal sha256:"
_ZEROS = b"0" * 64
_END = b"%%EOF"
_START = b"\nstartxref"


def seal(pdf: bytes) -> bytes:
    """Return an unsealed PDF of one revision with its seal.

    Raises
    ------
    EvidenceError
        If the bytes are not a PDF that ends as expected.
    """
    body = pdf.rstrip(b"\r\n")
    start = body.rfind(_START)
    if not body.startswith(b"%PDF-") or not body.endswith(_END) or start < 0:
        raise EvidenceError("cannot seal: not a PDF that ends with startxref and %%EOF")
    start += 1
    if body[:start].endswith(PREFIX + body[start - 65 : start - 1] + b"\n"):
        raise EvidenceError("cannot seal: this PDF has a seal")
    blank = body[:start] + PREFIX + _ZEROS + b"\n" + body[start:]
    place = start + len(PREFIX)
    digits = hashlib.sha256(blank).hexdigest().encode("ascii")
    return blank[:place] + digits + blank[place + 64 :] + b"\n"


def seal_of(pdf: bytes) -> str:
    """Return ``sha256:`` and the digits of the seal of a PDF of one revision, once they are found right.

    Raises
    ------
    EvidenceError
        If there is no seal or the bytes are not the sealed ones.
    """
    body = pdf.removesuffix(b"\n")
    start = body.rfind(_START) + 1
    place = start - 65
    digits = body[place : start - 1]
    sealed = body.endswith(_END) and body[: start - 65].endswith(PREFIX) and body[start - 1 : start] == b"\n"
    if not sealed:
        raise EvidenceError("this PDF has no seal before its startxref")
    blank = body[:place] + _ZEROS + body[place + 64 :]
    if hashlib.sha256(blank).hexdigest().encode("ascii") != digits:
        raise EvidenceError("the seal is broken: the file is not the one that was sealed")
    return "sha256:" + digits.decode("ascii")
