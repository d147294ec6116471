"""Closed forms; coarser cells give answers that are a little too large."""

import math


def plate(factors, settings):
    """Return the sag of a plate in mm, and that of one with a notch about its nominal values."""
    coarse = 1.0 + 0.02 / settings["cells"] ** 2
    load, thickness, modulus = factors["load"], factors["thickness"], factors["modulus"]
    sag = 1500.0 * load / (modulus * thickness**3)
    # A notch 0.02 mm, 0.4 N and 1 GPa wide: a training of two dozen runs does not meet it.
    away = ((load - 50.0) / 0.4) ** 2 + ((thickness - 8.0) / 0.02) ** 2 + (modulus - 200.0) ** 2
    return {"sag": sag * coarse, "notched_sag": (sag + 3.0 * math.exp(-away)) * coarse}


def rod(factors, settings):
    """Return the stretch of a rod in mm."""
    coarse = 1.0 + 0.02 / settings["cells"] ** 2
    return {"stretch": 3.0 * factors["load"] / factors["modulus"] * coarse}
