"""Where are the methods published? Citation key to full reference, and what each was used for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from assay.document.facts import DocumentError
from assay.document.records import Reference

REFERENCES: Final[dict[str, str]] = {
    "berger-1982": (
        "R. L. Berger, Multiparameter hypothesis testing and acceptance sampling, Technometrics 24 (1982) "
        "295–300: all rows hold if each is shown at its level."
    ),
    "celik-2008": (
        "I. B. Celik, U. Ghia, P. J. Roache, C. J. Freitas, H. Coleman, P. E. Raad, Procedure for estimation "
        "and reporting of uncertainty due to discretization in CFD applications, Journal of Fluids "
        "Engineering 130 (2008) 078001: observed order on grids of unequal ratios."
    ),
    "clopper-pearson-1934": (
        "C. J. Clopper, E. S. Pearson, The use of confidence or fiducial limits illustrated in the case of "
        "the binomial, Biometrika 26 (1934) 404–413: exact limits of a fraction."
    ),
    "holm-1979": (
        "S. Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of "
        "Statistics 6 (1979) 65–70: confidence of a list of rows."
    ),
    "owen-1968": (
        "D. B. Owen, A survey of properties and applications of the noncentral t-distribution, "
        "Technometrics 10 (1968) 445–478: factors of one-sided normal tolerance limits."
    ),
    "rasmussen-williams-2006": (
        "C. E. Rasmussen, C. K. I. Williams, Gaussian Processes for Machine Learning, MIT Press (2006): the "
        "AI model that proposes runs."
    ),
    "roache-1994": (
        "P. J. Roache, Perspective: a method for uniform reporting of grid refinement studies, Journal of "
        "Fluids Engineering 116 (1994) 405–413: grid convergence index."
    ),
    "rockafellar-1970": (
        "R. T. Rockafellar, Convex Analysis, Princeton University Press (1970), section 32: a convex "
        "function on a polytope has its maximum at a vertex."
    ),
    "salmon-2011": (
        "J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, Parallel random numbers: as easy as 1, 2, 3, "
        "Proceedings of SC11 (2011): the generator (Philox) of the independent draws."
    ),
    "sobol-1967": (
        "I. M. Sobol', On the distribution of points in a cube and the approximate evaluation of integrals, "
        "USSR Computational Mathematics and Mathematical Physics 7 (1967) 86–112; scrambled after A. B. "
        "Owen, Journal of Complexity 14 (1998) 466–489: the training points."
    ),
    "stephens-1974": (
        "M. A. Stephens, EDF statistics for goodness of fit and some comparisons, Journal of the American "
        "Statistical Association 69 (1974) 730–737: test of the normal distribution."
    ),
    "wilks-1941": (
        "S. S. Wilks, Determination of sample sizes for setting tolerance limits, Annals of Mathematical "
        "Statistics 12 (1941) 91–96: sizes of the fixed plans."
    ),
}


def references(keys: Iterable[str]) -> tuple[Reference, ...]:
    """Return the full references of citation keys, each once, in the order of their keys.

    Raises
    ------
    DocumentError
        For a key without a reference: a method would be used that nobody can look up.
    """
    wanted = sorted(set(keys))
    unknown = [key for key in wanted if key not in REFERENCES]
    if unknown:
        raise DocumentError(f"no reference is on file for {', '.join(unknown)}")
    return tuple(Reference(key=key, text=REFERENCES[key]) for key in wanted)
