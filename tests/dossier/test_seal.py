"""The seal binds every byte but the last line feed."""

from __future__ import annotations

import random
import subprocess

import pytest

from assay.dossier import seal, seal_of
from assay.errors import EvidenceError

TINY = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nxref\n0 1\ntrailer\n<<>>\nstartxref\n30\n%%EOF"


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_seals_before_startxref_and_ends_with_one_line_feed(end):
    sealed = seal(TINY + end)
    line = b"%assay-seal " + seal_of(sealed).encode() + b"\nstartxref\n30\n%%EOF\n"
    assert sealed.endswith(line)
    assert (
        sealed.replace(sealed[sealed.index(b"%assay-seal") : sealed.index(b"startxref")], b"") == TINY + b"\n"
    )


def test_a_decoy_inside_the_file_is_not_the_seal():
    decoy = TINY.replace(
        b"<<>>\nendobj", b"%assay-seal sha256:" + b"0" * 64 + b"\nstartxref\n1\n%%EOF\nendobj"
    )
    assert seal_of(seal(decoy)) != "sha256:" + "0" * 64


@pytest.mark.parametrize(
    "wrong", [b"", b"no pdf startxref\n1\n%%EOF", b"%PDF-1.7\nstartxref\n3", b"%PDF-1.7\n%%EOF"]
)
def test_seals_only_what_ends_like_a_pdf(wrong):
    with pytest.raises(EvidenceError):
        seal(wrong)


def test_seals_once():
    with pytest.raises(EvidenceError, match="has a seal"):
        seal(seal(TINY))


def test_every_changed_byte_breaks_it(sample_pdf):
    numbers = random.Random(1)
    for _ in range(300):
        place = numbers.randrange(len(sample_pdf) - 1)
        changed = bytearray(sample_pdf)
        changed[place] ^= numbers.randrange(1, 256)
        with pytest.raises(EvidenceError):
            seal_of(bytes(changed))


@pytest.mark.parametrize("wrong", [b"", TINY, b"%PDF-1.7\n\nstartxref\n3\n%%EOF\n"])
def test_what_is_not_sealed_has_no_seal(wrong):
    with pytest.raises(EvidenceError, match="no seal"):
        seal_of(wrong)


@pytest.mark.services
def test_qpdf_finds_the_sealed_file_sound(written):
    done = subprocess.run(["qpdf", "--check", written], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr + done.stdout
