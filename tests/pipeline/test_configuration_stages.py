from __future__ import annotations

from assay.pipeline.configuration_stages import concluding_stages, deciding_stages


def test_until_the_freeze_nothing_decides(looking, nominal, walked):
    found = deciding_stages(looking, nominal.setting, walked.studies, until_freeze=True)
    assert found.freeze == nominal.freeze
    assert found.nominal == found.guided == found.validation == found.showings == {}
    assert [step.stage for step in looking.steps] == ["freeze"]


def test_the_order_of_the_argument(looking, nominal, walked):
    """Frozen, refuted, drawn; and only then concluded."""
    found = deciding_stages(looking, nominal.setting, walked.studies)
    assert found.showings == {}
    concluding_stages(looking, walked.studies, found)
    stages = [step.stage for step in looking.steps]
    order = ["freeze", "nominal", "refutation", "validation", "showing", "metrics"]
    first = [stages.index(stage) for stage in order]
    assert first == sorted(first)
    assert stages.index("showing") > max(i for i, stage in enumerate(stages) if stage == "validation")
    assert found.showings == nominal.showings
    assert found.metrics == nominal.metrics
