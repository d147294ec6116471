from __future__ import annotations

import dataclasses

import pytest

from assay.compliance import Listwise, Violated, Whole
from assay.document.model import Figure, Table
from assay.document.sections.matrix import matrix, verdict


def rows_of(elements, anchor="matrix-table"):
    table = next(e for e in elements if isinstance(e, Table) and e.anchor == anchor)
    return ["|".join("".join(s.text for s in cell) for cell in row) for row in table.rows]


def test_a_row_for_each_requirement_in_order(desk, inputs):
    rows = rows_of(matrix(desk))
    assert [row.split("|")[0] for row in rows] == list(inputs.programme.requirements)
    assert rows[1].startswith("TRAY-002|CS 25.561(b)(3); CS 25.561(c); CS 25.305(b)|No failure")


def test_a_given_is_never_left_out(desk):
    shown = [
        "".join(s.text for s in verdict(desk, index, row))
        for index, row in enumerate(desk.payload.rows)
        if row.verdict == "SHOWN GIVEN"
    ]
    assert len(shown) == 2, "its own row, and that of its parent"
    assert all("48 checks, 0 violations" in text for text in shown)


def test_a_document_reads_shown_document(desk):
    index = next(i for i, row in enumerate(desk.payload.rows) if row.requirement == "TRAY-014")
    assert "".join(s.text for s in verdict(desk, index, desk.payload.rows[index])) == "SHOWN (document)"


def test_the_rule_of_confidence_stands_word_for_word(desk, said):
    text = said(desk, matrix(desk))
    assert (
        "Each row is at its own confidence. If all rows are shown, the whole is at the lowest of them; "
        "for a list of some rows see its Holm-adjusted confidence."
    ) in text


def test_margins_are_rounded_down(desk):
    printed = {row.split("|")[0]: row.split("|")[5] for row in rows_of(matrix(desk))}
    for row in desk.payload.rows:
        if row.margin is None:
            assert not printed[row.requirement]
        else:
            told = float(printed[row.requirement].replace("\u2212", "-"))
            assert 0.0 <= row.margin.value - told < 0.01


def test_counts_and_listwise_confidence(desk, said):
    text = said(desk, matrix(desk))
    counts = {count.verdict: count.rows for count in desk.payload.counts}
    assert sum(counts.values()) == len(desk.payload.rows)
    for word, count in counts.items():
        assert f"{word}{count}" in text
    assert f"Shown rows that rest on draws: {desk.payload.listwise.rows}; the Holm-adjusted" in text


def together(inputs, **changes):
    """Inputs whose rows say something else together."""
    return dataclasses.replace(inputs, status=inputs.status.model_copy(update=changes))


def test_no_correction_is_due_for_the_whole_and_why(desk, desk_of, inputs, said):
    text = said(desk, matrix(desk))
    assert "No correction is due for the whole: if a requirement does not hold, all are shown only if" in text
    assert "All rows are shown" not in text
    shown = desk_of(together(inputs, whole=Whole(shown=True, confidence=0.95, reason="-")))
    assert "All rows are shown: the whole is at a confidence of 95.0\u00a0%." in said(shown, matrix(shown))


def test_a_list_of_bets_is_told_by_e_values(desk_of, inputs, said):
    own = desk_of(together(inputs, listwise=Listwise(rows=3, confidence=0.91279, method="e-holm")))
    told = (
        "Shown rows that rest on draws: 3; by e-values adjusted for picking them, the confidence of the list"
    )
    assert f"{told} is 91.2\u00a0%." in said(own, matrix(own))
    keys = {reference.key for reference in own.payload.references}
    assert "vovk-wang-2021" in keys
    assert "holm-1979" not in keys


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (Violated(claims=7, confidence=0.99999, method="average", concluded=True),
         "At least one of 7 claims does not hold, at a confidence of 99.9\u00a0%."),
        (Violated(claims=7, confidence=None, method="run", concluded=True),
         "At least one claim does not hold: a solver run proves it."),
        (Violated(claims=7, confidence=0.5, method="bonferroni", concluded=False), None),
        (Violated(claims=0, confidence=None, method=None, concluded=False), None),
    ],
)  # fmt: skip
def test_a_violated_claim_is_told_where_it_is_sure(desk_of, inputs, said, found, told):
    own = desk_of(together(inputs, violated=found))
    text = said(own, matrix(own))
    assert (told in text) if told else ("At least one" not in text)


def test_the_margin_plot_is_left_out_where_it_was_not_drawn(desk, desk_of, inputs):
    assert any(isinstance(e, Figure) for e in matrix(desk))
    assert not any(isinstance(e, Figure) for e in matrix(desk_of(inputs)))
