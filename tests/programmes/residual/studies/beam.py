"""A cantilever beam with closed-form answers, discretised on purpose.

The load is distributed along the beam and rises from zero at the root to its largest value at the tip.
Every integral is taken by the trapezoid rule on `cells` cells, so that every quantity carries a genuine
discretisation error of second order. Exact, with s from root to tip, section WIDTH x thickness:

    stress     = 4 F L / (b t^2)
    deflection = 11 F L^3 / (60 E I)
    frequency  = sqrt(16/5 / (104/405) E I / (rho A L^4)) / (2 pi)     (Rayleigh, static shape)
    reaction   = m g |nx + ny/2|
"""

import math

LENGTH = 200.0  # mm
WIDTH = 25.0  # mm
DENSITY = 2.7e-9  # t/mm^3
GRAVITY = 9.80665  # m/s^2


def bend(factors, settings):
    """Stress in MPa, deflection in mm, frequency in Hz; load in N, thickness in mm, modulus in GPa."""
    cells = settings["cells"]
    force, thickness, modulus = factors["load"], factors["thickness"], 1e3 * factors["modulus"]
    area, inertia = WIDTH * thickness, WIDTH * thickness**3 / 12.0
    peak = 2.0 * force / LENGTH
    root_moment = peak * LENGTH**2 * _integral(lambda s: s * s, cells)
    flexibility = peak * LENGTH**4 / (modulus * inertia)
    bending = _integral(lambda s: (4.0 * (1.0 - s) ** 2) ** 2, cells)
    motion = _integral(lambda s: ((6.0 * s**2 - 4.0 * s**3 + s**4) / 3.0) ** 2, cells)
    stiffness = modulus * inertia / (DENSITY * area * LENGTH**4)
    return {
        "stress": root_moment * thickness / (2.0 * inertia),
        "deflection": flexibility * _integral(lambda s: (2.0 - 3.0 * s + s**3) * (1.0 - s) / 6.0, cells),
        "frequency": math.sqrt(stiffness * bending / motion) / (2.0 * math.pi),
    }


def hold(factors, settings):
    """Reaction in N; mass in kg, load factors dimensionless."""
    weight = factors["mass"] * GRAVITY * _integral(lambda s: 3.0 * s * s, settings["cells"])
    return {"reaction": weight * abs(factors["nx"] + 0.5 * factors["ny"])}


def _integral(function, cells):
    count = round(cells)
    inner = math.fsum(function(i / count) for i in range(1, count))
    return (0.5 * function(0.0) + inner + 0.5 * function(1.0)) / count
