"""What does physics say at one point?

An adapter turns one program, or one function of the user, into a `Solver`: factors in, quantities
and fields out, a version, a refinement knob. The user's code runs only where it has been trusted.
"""

from assay.solvers.loading import VERSIONED_BY_PACKAGE as VERSIONED_BY_PACKAGE
from assay.solvers.loading import Adapter as Adapter
from assay.solvers.loading import SolverSpec as SolverSpec
from assay.solvers.loading import load_adapter as load_adapter
from assay.solvers.loading import open_solver as open_solver
from assay.solvers.loading import solver_spec as solver_spec
from assay.solvers.protocol import Field as Field
from assay.solvers.protocol import FloatArray as FloatArray
from assay.solvers.protocol import IntArray as IntArray
from assay.solvers.protocol import Request as Request
from assay.solvers.protocol import Response as Response
from assay.solvers.protocol import Solver as Solver
from assay.solvers.protocol import SolverError as SolverError
from assay.solvers.trust import is_trusted as is_trusted
from assay.solvers.trust import require_trust as require_trust
from assay.solvers.trust import trust as trust
