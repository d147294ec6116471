"""Draws that start on a coarser level: the same verdicts from fewer fine runs, and a mesh that lies.

Exact answers of `tests/programmes/tiny/studies/beam.py` decide what is true (`test_verdicts.py`).
"""

from __future__ import annotations

import pytest

DECIDED_BY_DRAWS = ("BEAM-2", "BEAM-4", "BEAM-6", "BEAM-10")
LIES = """cells = settings["cells"]
    near = 9.8 < factors["thickness"] < 10.2 and factors["load"] > 300.0
    wrong = 0.6 if cells < 40 and near else 1.0
    force"""


def coarse(unrun, place, *, lies=False):
    """Return `tiny`, trusted and approved, with draws that start on the coarsest level."""
    assay = unrun.copy(place / "tiny")
    assay.edit("studies/beam.toml", "cells = [10, 20, 40] }", 'cells = [10, 20, 40] }\nstart = "coarse"')
    assay.edit("programme.toml", "max_runs = 800", "max_runs = 2400")
    if lies:
        assay.edit("studies/beam.py", 'cells = settings["cells"]\n    force', LIES)
        assay.edit("studies/beam.py", '"stress": root_moment', '"stress": wrong * root_moment')
    assay.trust()
    return assay


def checks(assay):
    """Level checks by block, each a mapping of levels."""
    found = assay.records("level-check").values()
    return {r.subject: {level["level"]: level for level in r.payload["levels"]} for r in found}


def tables(assay):
    """Draws of each table of runs, by its subject."""
    return {r.subject: r.payload["count"] for r in assay.records("runs").values()}


def same(fine, lever):
    """SHOWN becomes SHOWN GIVEN the level's bound; nothing else changes."""
    return fine == lever or (fine, lever) == ("SHOWN", "SHOWN GIVEN")


@pytest.fixture(scope="module")
def honest(tiny_unrun, tmp_path_factory):
    assay = coarse(tiny_unrun, tmp_path_factory.mktemp("honest"))
    assay.run()
    return assay


def test_the_verdicts_are_those_of_fine_runs(honest, tiny_done):
    for configuration in ("nominal", "thin"):
        fine, lever = tiny_done.rows(configuration), honest.rows(configuration)
        for requirement in DECIDED_BY_DRAWS:
            assert same(fine[requirement]["verdict"], lever[requirement]["verdict"]), requirement
    assert {honest.rows()[name]["verdict"] for name in DECIDED_BY_DRAWS} == {"SHOWN GIVEN"}
    assert {honest.rows("thin")[name]["verdict"] for name in DECIDED_BY_DRAWS} == {"REFUTED"}


def test_fewer_draws_reach_the_finest_level(honest):
    counts = tables(honest)
    assert counts["beam@nominal/block-0"] == counts["beam@thin/block-0"] == 59
    assert counts["beam@nominal/block-0/level-1"] < 59 / 2
    assert counts["beam@thin/block-0/level-1"] < 59 / 2, "a refuted fraction takes no more than it needs"


def test_a_verdict_on_coarser_runs_is_given_their_bound(honest):
    row = honest.rows()["BEAM-2"]
    given = [text for text in row["given"] if "level 3 (cells 10)" in text]
    assert len(given) == 1
    assert "10 checks, 0 misses; more than 25.89 % excluded at 95 %" in given[0]
    assert row["criteria"][0]["credit"] == "none", "a bound of the solver's is nothing that the AI earned"
    assert row["criteria"][0]["rung"] == "0a"


def test_at_least_ten_decided_draws_are_checked(honest):
    for block, levels in checks(honest).items():
        for level in levels.values():
            assert len(level["checked"]) == min(level["decided"], max(10, -(-level["decided"] // 10))), block
            assert level["misses"] == []
            assert level["worst"] < 1.0


def test_the_dossier_proves_itself(honest):
    assert honest.within("dossier", "--format", "pdf").code == 0
    for name in ("nominal", "thin"):
        ended = honest("verify", str(honest.folder / "build" / name / "dossier.pdf"))
        assert ended.code == 0, ended.out
        assert "1 block on coarser levels" in " ".join(ended.out.split())


def test_nothing_is_left_to_do(honest):
    before = honest.records().keys()
    assert "nothing to do" in honest.within("run").err
    assert honest.records().keys() == before


def test_an_interrupted_block_goes_on(honest, tmp_path):
    """Without its last stages, the same records come again."""
    other = honest.copy(tmp_path / "tiny")
    from assay.evidence import open_store

    with open_store(other.folder) as store:
        database = store._database
        with database.write() as connection:
            connection.exec_driver_sql("DELETE FROM records WHERE kind IN ('level-check', 'showing')")
            connection.exec_driver_sql("DELETE FROM records WHERE subject LIKE '%/level-1'")
    other.run()
    wanted = {r.id for r in honest.records().values() if r.kind in ("level-check", "showing", "runs")}
    assert wanted == {r.id for r in other.records().values() if r.kind in ("level-check", "showing", "runs")}


def test_a_mesh_that_lies_is_caught(tmp_path, tiny_unrun, tiny_done):
    """Half the draws of the nominal beam are 40 % off on coarse levels, far from every refined point."""
    assay = coarse(tiny_unrun, tmp_path, lies=True)
    assay.run()
    found = checks(assay)
    assert found["beam@nominal/block-0"][3]["misses"], "a check falls on a wrong draw"
    assert found["beam@nominal/block-0"][3]["void"]
    for configuration in ("nominal", "thin"):
        fine, lever = tiny_done.rows(configuration), assay.rows(configuration)
        for requirement in DECIDED_BY_DRAWS:
            # Another file is another solver, with draws of its own: SHOWN and not shown are what stays.
            shown = [rows[requirement]["verdict"] == "SHOWN" for rows in (fine, lever)]
            assert shown[0] == shown[1], requirement
            assert lever[requirement]["verdict"] != "SHOWN GIVEN"
            assert not any("level" in text for text in lever[requirement]["given"])
    assert tables(assay)["beam@thin/block-0/level-1-rest"] > 0, "a miss voids the level for the study"
    assert assay.within("dossier", "--format", "pdf").code == 0
    ended = assay("verify", str(assay.folder / "build" / "nominal" / "dossier.pdf"))
    assert ended.code == 0, ended.out
