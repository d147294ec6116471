"""Stands for an executable of yours: reads an input file, computes, writes an output file.

A package falls with the drag of the air: e' = g - c e along its way, with e = v^2 / 2 and c = rho S / m.
Heun's method on `steps` steps; the exact answer is e = g / c (1 - exp(-c h)).
"""

import sys
from pathlib import Path

GRAVITY = 9.80665  # m/s^2
AIR = 1.225  # kg/m^3


def fall(mass: float, height: float, drag: float, steps: float) -> float:
    """Return the kinetic energy on the ground in J; drag is the product of coefficient and area in m^2."""
    resistance = AIR * drag / mass
    step = height / round(steps)
    energy = 0.0
    for _ in range(round(steps)):
        first = GRAVITY - resistance * energy
        second = GRAVITY - resistance * (energy + step * first)
        energy += 0.5 * step * (first + second)
    return mass * energy


def main() -> None:
    """Read `name = value` lines from the first file and write them to the second."""
    lines = (line.split("=") for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines())
    values = {name.strip(): float(value) for name, value in lines}
    Path(sys.argv[2]).write_text(f"energy = {fall(**values)!r}\n", encoding="utf-8")


main()
