"""The reviewed sentences: atomic, with places for facts and no numeral of their own."""

from __future__ import annotations

import string

import pytest

from assay.document import TEMPLATES, numerals, registry_digest
from assay.document.claims import PLACE, fill, places


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_a_template_has_places_only_where_formatting_sees_them(name):
    template = TEMPLATES[name]
    fields = [field for _, field, _, _ in string.Formatter().parse(template.text) if field is not None]
    assert tuple(fields) == places(template.text)
    assert len(set(fields)) == len(fields)
    assert not numerals(PLACE.sub("", template.text))
    assert {side for left, _, right in template.relations for side in (left, right)} <= set(fields)


def test_fills_every_place_once_and_nothing_inside_an_argument():
    assert fill("{a} of {b}", {"a": "{b}", "b": "two"}) == "{b} of two"
    with pytest.raises(KeyError):
        fill("{a}", {})


def test_the_digest_of_the_registry_follows_its_words():
    changed = dict(TEMPLATES) | {"given": TEMPLATES["given"].model_copy(update={"text": "{assumption}?"})}
    assert registry_digest(changed) != registry_digest() == registry_digest(dict(reversed(TEMPLATES.items())))
