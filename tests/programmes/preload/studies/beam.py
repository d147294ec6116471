"""A cantilever beam; a spring pulls its tip down with PRELOAD, whatever the load is."""

from netgen.occ import Axes, WorkPlane, X, Y

from assay.solvers.elasticity import Displacement, Loads, Material, MaxVonMises, Part, Swept

LENGTH, WIDTH = 120.0, 12.0  # mm
PRELOAD = 15.0  # N


def solve(factors, settings):
    """Return the beam: x along it, z up."""
    height, k = factors["thickness"], int(settings["divisions"])
    third = LENGTH / 3.0
    return Part(
        shape=Swept(
            [block(0.0, third, height, "root"), block(third, 2 * third, height, "middle"),
             block(2 * third, LENGTH, height, "outer")],
            direction=(0.0, WIDTH, 0.0), layers=k, divisions={"wall": k, "tip": k, "middle": 2 * k},
        ),
        material=Material(young=70000.0, poisson=0.3, density=2.7e-9),
        supports=["wall"],
        loads=loads,
        quantities={"tip_drop": Displacement("tip", (0.0, 0.0, -1.0)), "root_stress": MaxVonMises("middle")},
    )  # fmt: skip


def loads(factors):
    """Return the load of one row, and the preload."""
    return Loads(forces={"tip": (0.0, 0.0, -factors["load"] - PRELOAD)})


def block(start, end, height, name):
    """Return a stretch of the beam's side view; its top edge has its name."""
    drawing = WorkPlane(Axes(p=(0, 0, 0), n=-Y, h=X)).MoveTo(start, 0).LineTo(end, 0)
    drawing.LineTo(end, height, name="tip" if end == LENGTH else None).LineTo(start, height, name=name)
    face = drawing.LineTo(start, 0, name="wall" if start == 0.0 else None).Face()
    face.name = name
    return face
