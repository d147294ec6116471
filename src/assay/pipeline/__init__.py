"""What has to be done, in which order?"""

from assay.pipeline.accepting import open_acceptances
from assay.pipeline.engine import Engine, Looking, Needed, Step, Working
from assay.pipeline.planned import Plan, Prospect, make_plan, nothing_to_do, prospect_document, prospects
from assay.pipeline.walk import Walked, solvers_of, walk

__all__ = [
    "Engine",
    "Looking",
    "Needed",
    "Plan",
    "Prospect",
    "Step",
    "Walked",
    "Working",
    "make_plan",
    "nothing_to_do",
    "open_acceptances",
    "prospect_document",
    "prospects",
    "solvers_of",
    "walk",
]
