"""The bracket as one function: a flat L of one wall thickness, drawn as four-sided faces and swept."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt

from netgen.occ import Axes, Face, WorkPlane, X, Y, Z

from assay.solvers.elasticity import (
    KG,
    Attached,
    Displacement,
    Frequency,
    G,
    Loads,
    Mass,
    Material,
    MaxVonMises,
    Part,
    Swept,
)

DEPTH, LENGTH, HEIGHT = 26.0, 97.0, 78.0  # mm: depth of both legs, length of the arm, height of the post
HOLE, HOLE_AT = 7.0, 58.0  # mm: radius of the lightening hole, and how far it is from the post's back
SEAT_FROM, MOUNT_FROM = 77.0, 58.0  # mm: where the tray and the structure take hold


def solve(factors: Mapping[str, float], settings: Mapping[str, float]) -> Part:
    """Return the bracket: x forward along the arm, y across the wall, z up along the post."""
    k = int(settings["divisions"])
    along = {"fillet": 2 * k, "depth": k, "hole": k, "radial": k, "post": (k + 1) // 2, "mount": k // 2}
    return Part(
        shape=Swept(
            faces(factors["fillet"], HOLE_AT + factors["hole_offset"]),
            direction=(0.0, factors["thickness"], 0.0),
            layers=k - 1,
            divisions=along,
        ),
        material=Material(young=1000.0 * factors["modulus"], poisson=0.33, density=2.7e-9),
        supports=["mount-bottom"],
        loads=loads,
        quantities={
            "fillet_stress": MaxVonMises("fillet"),
            "web_stress": MaxVonMises("hole"),
            "tip_deflection": Displacement("tip"),
            "tip_drop": Displacement("tip", (0.0, 0.0, -1.0)),
            "frequency": Frequency(),
            "bracket_mass": Mass(scale=1.0 / KG),
        },
    )


def loads(factors: Mapping[str, float]) -> Loads:
    """Return the inertia of tray and bracket at the load factors of one row."""
    return Loads(
        inertia=(factors["nx"] * G, factors["ny"] * G, factors["nz"] * G),
        attached={"seat-top": Attached(factors["mass"] * KG, centre=(0.0, factors["offset"], 0.0))},
    )


def faces(fillet: float, hole_x: float) -> list[Face]:
    """Return the side view; fillet radius and place of the hole move the corners of its faces."""
    bend, half = DEPTH + fillet, DEPTH / 2.0
    left, right = hole_x - half, hole_x + half
    return [
        block("mount", (0.0, DEPTH), (MOUNT_FROM, HEIGHT), sides="mount"),
        block("post", (0.0, DEPTH), (bend, MOUNT_FROM), bottom="depth", sides="post"),
        corner(bend, fillet),
        block("neck", (bend, left), (0.0, DEPTH), sides="depth"),
        *(quarter(hole_x, half, turn) for turn in range(4)),
        block("arm", (right, SEAT_FROM), (0.0, DEPTH), sides="depth"),
        block("seat", (SEAT_FROM, LENGTH), (0.0, DEPTH), sides="tip"),
    ]


def block(
    name: str, x: tuple[float, float], z: tuple[float, float], sides: str, bottom: str | None = None
) -> Face:
    """Return a rectangle whose right side and bottom edge have names."""
    drawing = plane(0.0, 0.0, X).MoveTo(x[0], z[0]).LineTo(x[1], z[0], name=bottom)
    return named(drawing.LineTo(x[1], z[1], name=sides).LineTo(x[0], z[1]).LineTo(x[0], z[0]), name)


def corner(bend: float, fillet: float) -> Face:
    """Return the bend between post and arm: two arcs about one centre."""
    drawing = plane(0.0, 0.0, X).MoveTo(0.0, bend).Direction(0.0, -1.0).Arc(bend, 90.0).LineTo(bend, DEPTH)
    return named(drawing.Direction(-1.0, 0.0).Arc(fillet, -90.0, name="fillet").LineTo(0.0, bend), "corner")


def quarter(x: float, half: float, turn: int) -> Face:
    """Return one of the four faces around the hole."""
    rim = HOLE / sqrt(2.0)
    drawing = plane(x, half, (X, Z, -X, -Z)[turn]).MoveTo(-half, -half).LineTo(half, -half)
    drawing.LineTo(rim, -rim, name="radial").Direction(-1.0, -1.0).Arc(HOLE, -90.0, name="hole")
    return named(drawing.LineTo(-half, -half), "web")


def plane(x: float, z: float, ahead: object) -> WorkPlane:
    """Return a drawing plane of the side view, with its origin and its first axis."""
    return WorkPlane(Axes(p=(x, 0.0, z), n=-Y, h=ahead))


def named(drawing: WorkPlane, name: str) -> Face:
    """Close a drawing to a face with a name."""
    face = drawing.Face()
    face.name = name
    return face
