"""What does the AI model say at a point, and how far may it be believed there?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from assay.pipeline.engine import Looking
from assay.pipeline.proposing import region_of_configuration
from assay.pipeline.setting import ConfigurationEvidence
from assay.pipeline.study_stages import open_model
from assay.pipeline.walk import walk
from assay.programme import Programme, Study


@dataclass(frozen=True)
class Answer:
    """One quantity at one point."""

    quantity: str
    unit: str
    value: float | None
    sd: float | None
    bound: float | None
    abstained: bool
    reason: str | None
    text: str

    def document(self) -> dict[str, Any]:
        """Return the answer as JSON."""
        return asdict(self)

    def line(self) -> str:
        """Return the answer as one line."""
        if self.abstained or self.value is None:
            return f"{self.quantity}: abstains ({self.reason}): {self.text}"
        bound = f", error at most {self.bound:.4g} {self.unit}" if self.bound is not None else ""
        return f"{self.quantity}: {self.value:.6g} {self.unit} (sd {self.sd:.3g}{bound}). {self.text}"


def _inside(found: ConfigurationEvidence, study: Study, point: Mapping[str, float]) -> bool:
    """Say whether a point lies in a configuration: the bound speaks of that configuration's law only."""
    region = region_of_configuration(study, found.setting.configuration)
    return all(low <= point[name] <= high for name, (low, high) in region.items())


def ask(looking: Looking, programme: Programme, study: Study, point: Mapping[str, float]) -> list[Answer]:
    """Return what every model of a study says at a point, with the bound from draws it never saw."""
    from assay.qualification import GuardPayload, MetricsPayload, predict

    walked = walk(looking, programme, tuple(programme.configurations))
    evidence = walked.studies.get(study.name)
    answers = []
    for quantity, spec in study.quantities.items():
        record = evidence.models.get(quantity) if evidence else None
        guard = evidence.guards.get(quantity) if evidence else None
        if record is None or guard is None:
            text = (
                "the study has no [surrogate]" if study.surrogate is None else "not trained yet: `assay run`"
            )
            answers.append(Answer(quantity, spec.unit, None, None, None, True, "no-model", text))
            continue
        held_out = [
            found.metrics[study.name, quantity]
            for found in walked.configurations.values()
            if found.metrics.get((study.name, quantity)) is not None and _inside(found, study, point)
        ]
        metrics = MetricsPayload.model_validate(held_out[0].payload) if held_out and held_out[0] else None
        model = open_model(looking.store, record)
        said = predict(model, GuardPayload.model_validate(guard.payload), point, metrics)
        answers.append(
            Answer(
                said.quantity,
                said.unit,
                said.value,
                said.sd,
                said.bound,
                said.abstained,
                said.reason,
                said.text,
            )
        )
    return answers
