"""Published data that the code is held against, each with its source in its first line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def read_series(path: Path) -> dict[str, list[dict[str, float]]]:
    """Return the grids of a file of NASA's turbulence modelling resource by family, finest first."""
    found: dict[str, list[dict[str, float]]] = {}
    columns: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("VARIABLES"):
            columns = [word.partition("=")[0] for word in re.findall(r'"([^"]*)"', line)]
        elif line[:4].lower() == "zone":
            family = re.search(r"Family (I+)", line)[1]
        elif line.strip() and not line.startswith("#"):
            numbers = map(float, line.split())
            found.setdefault(family, []).append(dict(zip(columns, numbers, strict=True)))
    return {name: sorted(grids, key=lambda grid: -grid["N"]) for name, grids in found.items()}


@pytest.fixture(scope="session")
def turbmodels() -> dict[str, dict[str, list[dict[str, float]]]]:
    """Return code to family to grids: N, h, lift CL, drag CD, moment CMy, pressure CDp, friction CDv."""
    folder = HERE / "turbmodels"
    return {path.name.partition("_")[0]: read_series(path) for path in sorted(folder.glob("*_withN.dat"))}
