"""Forged dossiers: all caught, and named by the check that caught them (acceptance 3 of issue A)."""

from __future__ import annotations

import pytest

CAUGHT_BY = {
    "byte": {"seal", "file layout"},
    "F1": {"seal"},
    "F2": {"page text"},
    "F3": {"records"},
    "F4": {"attachments", "records", "page text"},
}


def caught(v, forged):
    """Return the check that failed and its sentence."""
    report = v.verify(forged)
    assert report.failures, "not detected"
    return report.outcomes[-1].check, report.failures[0]


def all_caught(v, forging, kind, pdf, other, count, seed=1):
    for done, forged in forging.mutations(pdf, kind, count, seed, other):
        check, sentence = caught(v, forged)
        assert check in CAUGHT_BY[kind], f"{done}: {check}: {sentence}"
        assert not sentence.startswith("cannot be read"), f"{done}: {sentence}"


def test_the_dossier_itself_is_verified(v, pdf, other_pdf):
    for data in (pdf, other_pdf):
        report = v.verify(data)
        assert report.failures == []
        assert len(report.outcomes) == 14


@pytest.mark.parametrize("kind", CAUGHT_BY)
def test_forgeries_are_caught(v, forging, pdf, other_pdf, kind):
    all_caught(v, forging, kind, pdf, other_pdf, 50)


@pytest.mark.long
@pytest.mark.parametrize("kind", CAUGHT_BY)
def test_many_forgeries_are_caught(v, forging, pdf, other_pdf, kind):
    all_caught(v, forging, kind, pdf, other_pdf, 500, seed=2)


def test_forging_is_repeatable(forging, pdf, other_pdf):
    for kind in CAUGHT_BY:
        once = list(forging.mutations(pdf, kind, 2, 5, other_pdf))
        assert once == list(forging.mutations(pdf, kind, 2, 5, other_pdf))
        assert once[0] != once[1]


def test_putting_a_dossier_together_again_changes_nothing(forging, pdf):
    assert forging.take_apart(pdf).join(sealed=True) == pdf
    assert forging.take_apart(pdf).join(sealed=False) == pdf
    assert forging.files_of(forging.rebuild(pdf, forging.files_of(pdf))) == forging.files_of(pdf)


def test_a_resealed_byte_never_breaks_the_program(v, forging, pdf):
    """Whatever is in the file, the answer is a sentence; most changes are found even under a new seal."""
    import random

    rng, found = random.Random(3), 0
    for _ in range(60):
        parts = forging.take_apart(pdf)
        number = rng.choice(list(parts.objects))
        data = bytearray(parts.objects[number])
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        parts.objects[number] = bytes(data)
        report = v.verify(parts.join(sealed=True))
        found += bool(report.failures)
        assert all("Traceback" not in failure for failure in report.failures)
    assert found > 20
