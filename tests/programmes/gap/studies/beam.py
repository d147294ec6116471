"""A cantilever beam whose tip meets a stop after GAP: the response is linear, then stiffer."""

from netgen.occ import Axes, WorkPlane, X, Y

from assay.solvers.elasticity import Displacement, Loads, Material, Part, Stop, Swept

LENGTH, WIDTH = 120.0, 12.0  # mm
GAP, STOP = 0.2, 500.0  # mm, N/mm


def solve(factors, settings):
    """Return the beam: x along it, z up."""
    height, k = factors["thickness"], int(settings["divisions"])
    drawing = WorkPlane(Axes(p=(0, 0, 0), n=-Y, h=X)).LineTo(LENGTH, 0, name="along")
    drawing.LineTo(LENGTH, height, name="tip").LineTo(0, height).LineTo(0, 0, name="wall")
    return Part(
        shape=Swept(
            [drawing.Face()], direction=(0.0, WIDTH, 0.0), layers=k,
            divisions={"tip": k, "wall": k, "along": 6 * k},
        ),
        material=Material(young=70000.0, poisson=0.3, density=2.7e-9),
        supports=["wall"],
        loads=lambda row: Loads(forces={"tip": (0.0, 0.0, -row["load"])}),
        quantities={
            "tip_drop": Displacement("tip", (0.0, 0.0, -1.0)),
            "tip_deflection": Displacement("tip"),
        },
        stop=Stop("tip", direction=(0.0, 0.0, -1.0), gap=GAP, stiffness=STOP),
    )  # fmt: skip
