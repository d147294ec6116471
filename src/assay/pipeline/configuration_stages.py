"""What a configuration needs: freeze, nominal run, guided runs, attempts, draws; then its showings."""

from __future__ import annotations

from collections.abc import Mapping

from assay.pipeline.accepting import model_statements
from assay.pipeline.banding import residual_runs
from assay.pipeline.concluding import conclude
from assay.pipeline.dominating import structure_runs
from assay.pipeline.drawing import plans_of, validation_draws
from assay.pipeline.engine import Engine
from assay.pipeline.freezing import freeze_plan
from assay.pipeline.guiding import guided_runs, nominal_run
from assay.pipeline.measuring import measure_models, picture_runs
from assay.pipeline.reading import RunTables
from assay.pipeline.setting import ConfigurationEvidence, Setting
from assay.pipeline.streaming import sequential_runs
from assay.pipeline.study_stages import (
    StudyEvidence,
)


def deciding_stages(
    engine: Engine, setting: Setting, studies: Mapping[str, StudyEvidence], *, until_freeze: bool = False
) -> ConfigurationEvidence:
    """Walk the stages of one configuration up to the runs that decide, in the order of the argument.

    Parameters
    ----------
    until_freeze
        Stop once criteria, limits and plan are frozen, before any run that decides.
    """
    found = ConfigurationEvidence(setting)
    found.plans = plans_of(engine, setting, setting.recipes)
    found.freeze = freeze_plan(engine, setting, studies, found.plans)
    if until_freeze:
        return found
    for name, study in studies.items():
        claims = [claim for claim in setting.claims if claim.study.name == name]
        if claims:
            found.nominal[name] = nominal_run(engine, setting, study, claims)
            guided_runs(engine, setting, study, claims, found)
    validation_draws(engine, setting, studies, setting.recipes, found)
    sequential_runs(engine, setting, studies, found)
    structure_runs(engine, setting, studies, found)
    residual_runs(engine, setting, studies, found)
    return found


def concluding_stages(
    engine: Engine, studies: Mapping[str, StudyEvidence], found: ConfigurationEvidence
) -> None:
    """Conclude one configuration, once the attempts of all configurations are on file.

    Attempts belong to a part, and two configurations may be of one part.
    """
    setting = found.setting
    found.plans = plans_of(engine, setting, setting.recipes)
    model_statements(engine, setting, studies, found)
    tables = RunTables(engine.store)
    for claim in setting.claims:
        found.showings[claim.criterion.id] = conclude(engine, setting, studies, claim, found, tables)
    for name, study in studies.items():
        measure_models(engine, setting, study, found)
        picture_runs(engine, setting, study, name, found)
