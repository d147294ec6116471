"""A straight cooling fin, heated at its base, with an insulated tip.

Heat conduction along the fin, k A T'' = h P T, on `cells` cells of second order. The exact answer is
T(0) = q / (k A m tanh(m L)) with m^2 = h P / (k A).
"""

LENGTH = 0.060  # m
WIDTH = 0.050  # m
CONDUCTIVITY = 180.0  # W/(m K)


def solve(factors: dict[str, float], settings: dict[str, float]) -> dict[str, float]:
    """Return the rise of temperature at the base in K; thickness in mm, power in W, film in W/(m^2 K)."""
    thickness = 1e-3 * factors["thickness"]
    cells = round(settings["cells"])
    step = LENGTH / cells
    conduction = CONDUCTIVITY * WIDTH * thickness / step
    convection = factors["film"] * 2.0 * (WIDTH + thickness) * step
    diagonal = [2.0 * conduction + convection] * (cells + 1)
    diagonal[0] = diagonal[cells] = conduction + 0.5 * convection
    for node in range(cells - 1, -1, -1):  # eliminate from the tip to the base
        diagonal[node] -= conduction * conduction / diagonal[node + 1]
    return {"rise": factors["power"] / diagonal[0]}
