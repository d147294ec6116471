"""Forged dossiers: all caught, and named by the check that caught them (acceptance 3 of issue A)."""

from __future__ import annotations

import pytest


def test_the_dossier_itself_is_verified(v, pdf, other_pdf):
    for data in (pdf, other_pdf):
        report = v.verify(data)
        assert report.failures == []
        assert len(report.outcomes) == 14


def test_forgeries_are_caught(v, forging, pdf, other_pdf, forgery):
    assert sum(forging.all_caught(v, forgery, pdf, other_pdf, 50, 1).values()) == 50


@pytest.mark.parametrize(("old", "new"), [("⁻¹", "⁻²"), ("[mm", "[2/mm")])
def test_a_forged_digit_in_a_unit_is_caught(v, forging, own_pdf, old, new):
    data = own_pdf("Stress [mm⁻¹]")
    assert v.verify(data).failures == []
    files = forging.files_of(data)
    assert files["model.json"].decode().count("Stress [mm⁻¹]") == 1
    files["model.json"] = files["model.json"].replace(old.encode(), new.encode())
    assert v.verify(forging.rebuild(data, files)).failures


@pytest.mark.long
def test_many_forgeries_are_caught(v, forging, pdf, other_pdf, forgery, record_property):
    found = forging.all_caught(v, forgery, pdf, other_pdf, 500, 2)
    record_property("caught", f"{sum(found.values())} of 500")
    record_property("by check", found)
    assert sum(found.values()) == 500


def test_every_kind_of_forgery_is_tried(forging):
    assert list(forging.KINDS) == list(forging.CAUGHT_BY) == ["byte", "F1", "F2", "F3", "F4"]


def test_forging_is_repeatable(forging, pdf, other_pdf, forgery):
    once = list(forging.mutations(pdf, forgery, 2, 5, other_pdf))
    assert once == list(forging.mutations(pdf, forgery, 2, 5, other_pdf))
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
