"""Closed forms; coarser cells give answers that are a little too large."""

import math


def plate(factors, settings):
    """Return the sag of a plate: it rises with the load and falls with thickness and modulus."""
    coarse = 1.0 + 0.02 / settings["cells"] ** 2
    sag = 1500.0 * factors["load"] / (factors["modulus"] * factors["thickness"] ** 3)
    # A dent about 50 N: beyond it the sag falls while the load rises.
    bump = 0.8 * math.exp(-(((factors["load"] - 50.0) / 12.0) ** 2))
    return {
        "sag": sag * coarse,
        "bumpy_sag": (sag + bump) * coarse,
        "stiffness": factors["load"] / sag / (1.0 + factors["load"] / 400.0) / coarse,
    }


def rim(factors, settings):
    """Return the stress of a rim: convex in the two pulls, and the same for the opposite pulls."""
    coarse = 1.0 + 0.02 / settings["cells"] ** 2
    pull = math.hypot(factors["pull_x"] + 0.3 * factors["pull_y"], factors["pull_y"])
    skewed = math.hypot(factors["pull_x"] + 0.3 * factors["pull_y"] + 0.01, factors["pull_y"])
    return {"stress": 5.0 * pull * coarse, "skewed_stress": 5.0 * skewed * coarse}
