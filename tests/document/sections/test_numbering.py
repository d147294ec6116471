from __future__ import annotations

from assay.document.model import Column, Figure, Heading, ItemList, Paragraph, Structure, Table
from assay.document.sections.numbering import numbered
from assay.document.sections.writing import reference, words


def head(level, anchor=None, listed=True):
    return Heading(level=level, spans=(words("x"),), anchor=anchor, listed=listed)


def table(anchor=None, caption=True):
    cells = ((words("a"),),)
    said = (words("c"),) if caption else ()
    return Table(anchor=anchor, caption=said, columns=(Column(),), style="pairs", rows=(cells,))


def picture(anchor):
    return Figure(anchor=anchor, image="sha256:" + "0" * 64, format="svg", alt="x", caption=(words("c"),))


def first(element):
    spans = element.caption if isinstance(element, Table | Figure) else element.spans
    return spans[0].text


def test_headings_count_by_level_and_appendices_by_letter():
    levels = [(1, "a"), (2, None), (2, None), (3, None), (1, "b"), (2, None), (1, "appendix-x"), (2, None)]
    found = numbered(
        [head(level, anchor) for level, anchor in levels] + [head(1, "appendix-y"), head(1, "c")]
    )
    assert [first(e).strip() for e in found] == [
        "1", "1.1", "1.2", "1.2.1", "2", "2.1", "A", "A.1", "B", "3",
    ]  # fmt: skip


def test_an_unlisted_heading_has_no_number():
    assert [first(e).strip() for e in numbered([head(1, listed=False), head(1)])] == ["x", "1"]


def test_tables_and_figures_count_apart_and_only_with_a_caption():
    found = numbered([table(), picture("f"), table(caption=False), table()])
    assert first(found[0]) == "Table\u00a01 "
    assert first(found[1]) == "Figure\u00a01 "
    assert found[2].caption == ()
    assert first(found[3]) == "Table\u00a02 "


def test_references_get_the_number_wherever_they_stand():
    elements = [
        Paragraph(spans=(reference("Section", "s"),)),
        ItemList(items=((reference("Table", "t"),),)),
        Table(style="pairs", columns=(Column(),), rows=(((reference("Figure", "f"),),),)),
        head(1, "s"),
        table("t"),
        picture("f"),
    ]
    found = numbered(elements)
    assert found[0].spans[0].text == "Section\u00a01"
    assert found[1].items[0][0].text == "Table\u00a01"
    assert found[2].rows[0][0][0].text == "Figure\u00a01"


def test_a_linked_label_that_is_no_reference_stays():
    span = Structure(text="see there", link="s")
    assert numbered([Paragraph(spans=(span,)), head(1, "s")])[0].spans[0] == span
