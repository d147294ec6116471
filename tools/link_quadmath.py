"""Make ngsolve's wheel complete: its OpenBLAS needs ``libquadmath.so.0``, which the wheel forgets.

Debian has that library only where a compiler is installed, and Assay is to run without any package from
apt. numpy's wheel carries the same library under another name, and ngsolve's looks for it in its own
folder; a link from there to numpy's is all that is missing. Run by ``make setup``, always, so that every
machine takes the same way.
"""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path


def main() -> int:
    """Create the link; 0 if it is there or not needed on this platform."""
    packages = Path(sysconfig.get_path("platlib"))
    openblas = packages / "ngsolve_openblas"
    link = openblas / "libquadmath.so.0"
    if not sys.platform.startswith("linux") or not list(openblas.glob("libgfortran.so*")) or link.exists():
        return 0
    carried = sorted((packages / "numpy.libs").glob("libquadmath-*.so.0*"))
    if not carried:
        print("numpy's wheel no longer carries libquadmath; ngsolve needs it: apt-get install libquadmath0")
        return 3
    link.symlink_to(Path("..") / "numpy.libs" / carried[0].name)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
