"""What a study file says of a part that the adapter `ngsolve` solves: shape, supports, loads, questions.

Units are consistent: mm, N, MPa, tonne, second; `KG` and `G` are there for the usual inputs. The
user's function is called as ``function(factors, settings)`` and returns a `Part`. What depends on
the loads stands in `Part.loads`, a function of the factors of one row; what the function itself
reads of `factors` shapes the mesh and the stiffness.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

KG = 1e-3
"""One kilogram in tonnes."""
G = 9806.65
"""Standard gravity in mm/s²."""

Vector: TypeAlias = tuple[float, float, float]


@dataclass(frozen=True)
class Material:
    """Linear, isotropic, elastic."""

    young: float
    """Young's modulus in MPa."""
    poisson: float
    density: float
    """In tonne/mm³: 2.7e-9 for aluminium."""


@dataclass(frozen=True)
class Free:
    """A solid that Netgen fills with tetrahedra; its named faces are the regions."""

    solid: Any
    """`netgen.occ` solid; `face.name` names a region, `face.maxh` refines it."""
    mesh_size: float
    """Largest element size in mm."""
    grading: float = 0.3
    """How fast elements may grow, 0.1 slowly to 0.9 fast."""


@dataclass(frozen=True)
class Swept:
    """Four-sided plane faces swept into hexahedra: one mesh topology for all factors.

    Results are then smooth functions of the factors, and levels of refinement are similar to each
    other, which neither can be with an unstructured mesher.
    """

    faces: Sequence[Any]
    """`netgen.occ` faces with four edges each, all in one plane; neighbours share whole edges.
    ``face.name = "seat"`` names the regions ``seat-bottom`` (in the plane) and ``seat-top`` (swept);
    an edge's name names the region that it sweeps."""
    direction: Vector
    """Sweep, in mm; its length is the thickness."""
    layers: int
    divisions: Mapping[str, int]
    """Edge name to number of elements along it; opposite edges take the same number."""
    unnamed: int = 1
    """Elements along edges that no name reaches."""


@dataclass(frozen=True)
class Attached:
    """A rigid mass carried by a patch; it follows the patch's mean motion and rotation."""

    mass: float
    """In tonnes."""
    centre: Vector
    """Centre of gravity relative to the centroid of the patch, in mm."""


@dataclass(frozen=True)
class Loads:
    """What acts in one row; every entry is a patch's name and its resultant."""

    inertia: Vector = (0.0, 0.0, 0.0)
    """Acceleration field in mm/s² that pulls on the part's own and all attached mass."""
    attached: Mapping[str, Attached] = field(default_factory=dict)
    forces: Mapping[str, Vector] = field(default_factory=dict)
    """In N, spread evenly over the patch."""
    moments: Mapping[str, Vector] = field(default_factory=dict)
    """In N·mm about the centroid of the patch, spread as a rigid rotation would."""


@dataclass(frozen=True)
class Stop:
    """A one-sided stop: a spring that a patch meets after a gap. It makes the response non-linear."""

    patch: str
    direction: Vector
    """Unit vector of motion towards the stop."""
    gap: float
    """In mm."""
    stiffness: float
    """In N/mm."""


@dataclass(frozen=True)
class MaxVonMises:
    """Largest von Mises stress over a region's face, in MPa, with its place."""

    region: str


@dataclass(frozen=True)
class Displacement:
    """Mean displacement of a region in mm: its component along `direction`, or its length."""

    region: str
    direction: Vector | None = None


@dataclass(frozen=True)
class Frequency:
    """First natural frequency in Hz, attached masses included."""


@dataclass(frozen=True)
class Mass:
    """Mass of the part without what is attached to it, in tonnes times `scale`."""

    scale: float = 1.0


Quantity: TypeAlias = MaxVonMises | Displacement | Frequency | Mass


@dataclass(frozen=True)
class Part:
    """A part, ready to be meshed and solved."""

    shape: Free | Swept
    material: Material
    supports: Sequence[str]
    """Names of clamped regions."""
    loads: Callable[[Mapping[str, float]], Loads]
    """Loads of one row, from all its factors."""
    quantities: Mapping[str, Quantity]
    stop: Stop | None = None
    order: int = 2
    """Polynomial order of the displacement; geometry is curved to the same order, at most 2 if swept."""
