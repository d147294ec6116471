from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.programme import basis_calls, expression_text, factor_tags, names, parse_expression, repeated_tags
from assay.programme.expressions import (
    BASIS_METHODS,
    Basis,
    Call,
    Expression,
    Name,
    Number,
    Operation,
    Power,
    Tagged,
    walk,
)

WORDS = st.sampled_from(["stress", "load", "x", "a_1"])
TAGS = st.sampled_from(["RULE 7", 'a "quoted" one', "it's", "CS 25.621"])
LEAVES: st.SearchStrategy[Expression] = st.one_of(
    st.sampled_from([0.0, 1.0, 2.0, -1.0]).map(lambda v: Number(v, None)),
    st.builds(Number, st.floats(-1e20, 1e20), st.sampled_from(["MPa", "mm", "N/mm**2"])),
    WORDS.map(Name),
    TAGS.map(Tagged),
    st.builds(Basis, WORDS, WORDS, st.floats(0.01, 0.99), st.floats(0.01, 0.99)),
)


def grown(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    return st.one_of(
        st.builds(Operation, st.sampled_from("+-*/"), inner, inner),
        st.builds(Power, inner, st.integers(-12, 12)),
        st.builds(Call, st.sampled_from(["min", "max"]), st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Call, st.sampled_from(["abs", "sqrt"]), st.tuples(inner)),
    )


TREES = st.recursive(LEAVES, grown, max_leaves=12)


@given(TREES)
def test_the_text_of_a_tree_reads_as_the_same_tree(tree: Expression) -> None:
    assert parse_expression(expression_text(tree)) == tree


@given(TREES)
def test_a_tree_can_be_a_key(tree: Expression) -> None:
    assert {tree: 1}[tree] == 1
    assert next(iter(walk(tree))) is tree


def test_questions_about_a_tree() -> None:
    tree = parse_expression("basis('d', 'c', 0.9, 0.95) / load + abs(load) * x - basis('d', 'c', 0.9, 0.95)")
    assert names(tree) == ("load", "x")
    assert basis_calls(tree) == (("d", "c", 0.9, 0.95, "normal"),)


@pytest.mark.parametrize(
    ("text", "tags", "twice"),
    [
        ("x / factor('A')", ["A"], []),
        ("x / (factor('A') * factor('A'))", ["A", "A"], ["A"]),
        ("x / max(factor('A'), factor('B'))", ["A", "B"], []),
        ("x / max(factor('A'), factor('A'))", ["A"], []),
        ("x / max(factor('A') * factor('A'), factor('B'))", ["A", "A", "B"], ["A"]),
        ("factor('A') * x / max(factor('A'), factor('B'))", ["A", "A", "B"], ["A"]),
        ("x * factor('A')**2", ["A", "A"], ["A"]),
        ("min(x / factor('A'), y / factor('A'))", ["A"], []),
        ("abs(factor('A') * x)", ["A"], []),
    ],
)
def test_tags_on_a_path(text: str, tags: list[str], twice: list[str]) -> None:
    tree = parse_expression(text)
    assert sorted(factor_tags(tree)) == tags
    assert list(repeated_tags(factor_tags(tree))) == twice


def test_tags_of_joined_paths() -> None:
    assert repeated_tags(["A"], ["B"], ["A"]) == ("A",)
    assert repeated_tags(["A"], [], ["B"]) == ()


def test_the_method_of_a_basis_value_stands_in_the_text_unless_it_is_the_usual_one() -> None:
    usual = parse_expression("basis('d', 'c', 0.9, 0.95)")
    assert usual == parse_expression("basis('d', 'c', 0.9, 0.95, 'normal')")
    assert expression_text(usual) == 'basis("d", "c", 0.9, 0.95)'
    for method in BASIS_METHODS[1:]:
        tree = parse_expression(f"basis('d', 'c', 0.9, 0.95, '{method}') / 2")
        assert basis_calls(tree) == (("d", "c", 0.9, 0.95, method),)
        assert parse_expression(expression_text(tree)) == tree
