"""A tie bar with closed-form answers and a discretisation error of second order.

Exact, section WIDTH x thickness: stress = F / (w t), stretch = F L / (E w t).
"""

LENGTH = 200.0  # mm
WIDTH = 25.0  # mm
MODULUS = 70e3  # MPa


def pull(factors, settings):
    """Stress in MPa and stretch in mm; load in kN, thickness in mm. The strength is not asked for."""
    step = 1.0 / settings["cells"] ** 2
    stress = 1e3 * factors["load"] / (WIDTH * factors["thickness"])
    return {"stress": stress * (1.0 - 0.4 * step), "stretch": stress * LENGTH / MODULUS * (1.0 + 0.3 * step)}
