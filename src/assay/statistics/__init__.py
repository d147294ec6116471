"""What do n numbers allow one to say?

Numbers in, numbers out: plans, confidence limits, tolerance factors, basis values, grid
convergence, laws and draws. Nothing here knows of requirements, solvers or documents.
"""

from assay.statistics._basis_values import NormalBasis as NormalBasis
from assay.statistics._basis_values import normal_basis as normal_basis
from assay.statistics._basis_values import normal_significance as normal_significance
from assay.statistics._draws import draw as draw
from assay.statistics._draws import sobol as sobol
from assay.statistics._draws import uniforms as uniforms
from assay.statistics._error_budget import allowed_fraction as allowed_fraction
from assay.statistics._error_budget import attempt_level as attempt_level
from assay.statistics._error_budget import error_levels as error_levels
from assay.statistics._error_budget import holm as holm
from assay.statistics._fixed_plan import clopper_pearson_lower as clopper_pearson_lower
from assay.statistics._fixed_plan import clopper_pearson_upper as clopper_pearson_upper
from assay.statistics._fixed_plan import fixed_plan_attained as fixed_plan_attained
from assay.statistics._fixed_plan import fixed_plan_refuted as fixed_plan_refuted
from assay.statistics._fixed_plan import fixed_plan_shown as fixed_plan_shown
from assay.statistics._fixed_plan import smallest_refuting as smallest_refuting
from assay.statistics._fixed_plan import wilks_size as wilks_size
from assay.statistics._grid_convergence import ChargedError as ChargedError
from assay.statistics._grid_convergence import Convergence as Convergence
from assay.statistics._grid_convergence import GridConvergence as GridConvergence
from assay.statistics._grid_convergence import Richardson as Richardson
from assay.statistics._grid_convergence import charged_error as charged_error
from assay.statistics._grid_convergence import grid_convergence as grid_convergence
from assay.statistics._grid_convergence import observed_order as observed_order
from assay.statistics._grid_convergence import sizes_from_counts as sizes_from_counts
from assay.statistics._laws import Law as Law
from assay.statistics._laws import cdf as cdf
from assay.statistics._laws import mass_outside as mass_outside
from assay.statistics._laws import quantile as quantile
from assay.statistics._laws import support as support
from assay.statistics._tolerance_factors import tolerance_factor as tolerance_factor
