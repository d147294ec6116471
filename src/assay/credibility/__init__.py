"""How wrong is the solver?

Refinements in, numerical error to charge out; and what the declared basis of the model-form error
allows to be charged. Neither carries a probability: they are declared, charged in full and printed.
"""

from assay.credibility.levels import check_order as check_order
from assay.credibility.levels import compare as compare
from assay.credibility.levels import excluded_rate as excluded_rate
from assay.credibility.levels import level_bounds as level_bounds
from assay.credibility.levels import level_result as level_result
from assay.credibility.levels import picked as picked
from assay.credibility.model_form import ModelFormCharge as ModelFormCharge
from assay.credibility.model_form import model_form_charge as model_form_charge
from assay.credibility.records import LevelCheckPayload as LevelCheckPayload
from assay.credibility.records import LevelResult as LevelResult
from assay.credibility.records import PointLevels as PointLevels
from assay.credibility.records import PointVerification as PointVerification
from assay.credibility.records import QuantityVerification as QuantityVerification
from assay.credibility.records import SolutionVerificationPayload as SolutionVerificationPayload
from assay.credibility.records import ValidationPayload as ValidationPayload
from assay.credibility.refinement import Levels as Levels
from assay.credibility.refinement import levels as levels
from assay.credibility.solution_verification import Observed as Observed
from assay.credibility.solution_verification import RefinedPoint as RefinedPoint
from assay.credibility.solution_verification import Stale as Stale
from assay.credibility.solution_verification import charge_is_stale as charge_is_stale
from assay.credibility.solution_verification import verify_levels as verify_levels
