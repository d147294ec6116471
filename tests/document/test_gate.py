"""The gate lets through what the evidence bears out and names everything else."""

from __future__ import annotations

import pytest

from assay.document import (
    Claim,
    Code,
    Column,
    Document,
    DocumentError,
    Figure,
    Heading,
    Identifier,
    ItemList,
    Paragraph,
    Prose,
    Quotation,
    Structure,
    Table,
    Template,
    claim,
    fact,
    numerals,
    require,
)
from assay.evidence.records import digest


def paragraph(*spans):
    return Paragraph(spans=spans)


def test_lets_through_what_is_true(refused, sources, record):
    true = claim(
        sources,
        "verdict",
        requirement=Identifier(text="R-1"),
        configuration=Identifier(text="nominal"),
        verdict=fact(sources, record.id, "/payload/words"),
    )
    assert not refused(
        Heading(level=1, anchor="one", spans=(Structure(text="2.1 "), Prose(text="Title"))),
        paragraph(true, Prose(text=", as written in "), Structure(text="Section 2.1", link="one")),
        paragraph(Quotation(text="It carries 12 kg.", file="narrative/a.md")),
        Table(
            caption=(Structure(text="Table 3 "), Prose(text="Stress")),
            columns=(Column(),),
            header=((Structure(text="Area [mm²]"),),),
            rows=(((fact(sources, record.id, "/payload/bound"),),),),
        ),
        ItemList(items=((Structure(text="1. "), Prose(text="first")),)),
        Code(lines=("x = 1",), file="a.py"),
    )


@pytest.mark.parametrize(
    "text", ["12 runs", "\u0969 runs", "x\u00b2", "\u2167", "\u33e0", "twelve runs", "Fifty-nine", "one half"]
)
def test_prose_has_no_numeral_unless_a_person_approved_it(refused, record, approval, text):
    assert "without an approval" in refused(paragraph(Prose(text=text)))
    assert not refused(paragraph(Prose(text=text, approval=approval.id)))
    for other in (record.id, digest(b"nowhere")):
        assert "is no approval" in refused(paragraph(Prose(text=text, approval=other)))


@pytest.mark.parametrize("text", ["one run", "often", "weighty matters", "a tenet", "someone"])
def test_words_that_only_look_like_numbers_pass(text):
    assert not numerals(text)


def test_only_facts_and_claims_give_verdicts(refused):
    assert "only a fact or a claim" in refused(paragraph(Prose(text="It is SHOWN.")))


def test_a_fact_says_what_the_evidence_says(refused, sources, record):
    span = fact(sources, record.id, "/payload/bound")
    assert "the evidence says" in refused(paragraph(span.model_copy(update={"text": "0.01"})))
    assert "nothing at" in refused(paragraph(span.model_copy(update={"pointer": "/payload/nowhere"})))
    assert "not among" in refused(paragraph(span.model_copy(update={"record": digest(b"other")})))


def test_a_claim_is_its_template_with_its_arguments(refused, sources, record):
    bound, allowed = (fact(sources, record.id, f"/payload/{name}") for name in ("bound", "allowed"))
    said = claim(sources, "bound-holds", bound=bound, allowed=allowed)
    changed = lambda **update: refused(paragraph(said.model_copy(update=update)))
    assert not changed()
    assert "is not template" in changed(text="All is well.")
    assert "not among the document's" in changed(template="invented")
    assert "not the places" in changed(arguments={"bound": bound})
    swapped = {"bound": allowed, "allowed": bound}
    text = said.text.replace(bound.text, "?").replace(allowed.text, bound.text).replace("?", allowed.text)
    assert "does not hold" in changed(arguments=swapped, text=text)
    lying = said.arguments | {"bound": bound.model_copy(update={"text": "0.01"})}
    assert "argument bound: the evidence says" in changed(arguments=lying)


def test_templates_come_from_the_registry(refused):
    invented = {"verdict": Template(text="{requirement} is fine.")}
    assert "not one of the reviewed" in refused(paragraph(Prose(text="a")), templates=invented)
    assert "numeral of its own" in refused(
        paragraph(Prose(text="a")), templates={"x": Template(text="9 of {n}")}
    )


def test_an_identifier_is_no_number(refused):
    assert "letter" in refused(paragraph(Identifier(text="0.95")))
    argument = Claim(text="Given: 5.", template="given", arguments={"assumption": Identifier(text="5")})
    assert "argument assumption" in refused(paragraph(argument))


@pytest.mark.parametrize("text", ["0.95", "59", "1.2", "at 95 %", "Table 3"])
def test_structure_numbers_only_where_numbers_stand(refused, text):
    assert "yet holds" in refused(paragraph(Prose(text="a "), Structure(text=text)))


def test_a_leading_number_is_a_number_of_a_section(refused):
    assert "yet holds" in refused(Heading(level=1, spans=(Structure(text="0.95 "), Prose(text="a"))))
    assert not refused(Heading(level=1, spans=(Structure(text="A.2 "), Prose(text="a"))))


def test_links_and_anchors_meet(refused):
    heading = Heading(level=1, anchor="a", spans=(Prose(text="x"),))
    assert "nowhere" in refused(paragraph(Prose(text="see", link="b")))
    assert "more than once" in refused(heading, heading)
    assert not refused(heading, paragraph(Prose(text="see", link="a")))


@pytest.mark.parametrize(
    ("character", "name"),
    [
        ("\u200b", "ZERO WIDTH SPACE"),
        ("\u05d0", "HEBREW LETTER ALEF"),
        ("\t", "U+0009"),
        ("\u202e", "U+202E"),
    ],
)
def test_characters_that_no_page_may_carry(refused, character, name):
    span = Prose(text=f"a{character}b")
    picture = Figure(image=digest(b"i"), format="svg", alt=f"a{character}", caption=(Prose(text="c"),))
    assert name in refused(paragraph(span))
    assert name in refused(picture)
    assert name in refused(Code(lines=(f"a{character}",), file="a"))
    assert name in refused(paragraph(Prose(text="a")), title=f"t{character}")


def test_alternative_text_has_no_numeral(refused):
    assert "59" not in refused(
        Figure(image=digest(b"i"), format="svg", alt="bars", caption=(Prose(text="c"),))
    )
    assert "numerals 5, 9" in refused(
        Figure(image=digest(b"i"), format="svg", alt="59 bars", caption=(Prose(text="c"),))
    )


def test_require_names_the_first_problems_and_counts_the_rest(sources):
    wrong = tuple(paragraph(Prose(text=f"{n}")) for n in range(25))
    document = Document(title="T", reference="R", issue="A", date="2026-01-02", elements=wrong)
    with pytest.raises(DocumentError, match="and 5 more"):
        require(document, sources)
