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
    "brown-forsythe-1974": (
        "M. B. Brown, A. B. Forsythe, Robust tests for the equality of variances, Journal of the American "
        "Statistical Association 69 (1974) 364–367: whether batches scatter alike."
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
    "hanson-koopmans-1964": (
        "D. L. Hanson, L. H. Koopmans, Tolerance limits for the class of distributions with increasing "
        "hazard rates, Annals of Mathematical Statistics 35 (1964) 1561–1570: basis values without a named "
        "law."
    ),
    "holm-1979": (
        "S. Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of "
        "Statistics 6 (1979) 65–70: confidence of a list of rows."
    ),
    "lawless-1982": (
        "J. F. Lawless, Statistical Models and Methods for Lifetime Data, Wiley (1982), chapter 4: basis "
        "values of a Weibull law by conditional inference."
    ),
    "moore-1966": (
        "R. E. Moore, Interval Analysis, Prentice-Hall (1966): where a derived quantity lies if each "
        "quantity in its formula lies in an interval."
    ),
    "owen-1968": (
        "D. B. Owen, A survey of properties and applications of the noncentral t-distribution, "
        "Technometrics 10 (1968) 445–478: factors of one-sided normal tolerance limits."
    ),
    "rasmussen-williams-2006": (
        "C. E. Rasmussen, C. K. I. Williams, Gaussian Processes for Machine Learning, MIT Press (2006): the "
        "AI model that proposes runs."
    ),
    "rocquigny-2009": (
        "E. de Rocquigny, Structural reliability under monotony, Structural Safety 31 (2009) 363–374: what a "
        "run proves of a whole region."
    ),
    "shekhar-2023": (
        "S. Shekhar, Z. Xu, Z. C. Lipton, P. J. Liang, A. Ramdas, Risk-limiting financial audits via "
        "weighted sampling without replacement, UAI (2023), arXiv 2305.06884: importance weights and control "
        "variates in bets."
    ),
    "ville-1939": (
        "J. Ville, Étude critique de la notion de collectif, Gauthier-Villars (1939): a fair wealth seldom "
        "grows large, whenever one looks."
    ),
    "vovk-2005": (
        "V. Vovk, A. Gammerman, G. Shafer, Algorithmic Learning in a Random World, Springer (2005): "
        "conformal intervals, which cover on average over training sets."
    ),
    "vovk-wang-2021": (
        "V. Vovk, R. Wang, E-values: calibration, combination and applications, Annals of Statistics 49 "
        "(2021) 1736–1754: what bets on several claims say together."
    ),
    "waudby-smith-ramdas-2024": (
        "I. Waudby-Smith, A. Ramdas, Estimating means of bounded random variables by betting, Journal of the "
        "Royal Statistical Society B 86 (2024) 1–27: the wealth of bets as evidence."
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
    "scholz-stephens-1987": (
        "F. W. Scholz, M. A. Stephens, K-sample Anderson–Darling tests, Journal of the American Statistical "
        "Association 82 (1987) 918–924: whether batches may be pooled."
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
    "vangel-1992": (
        "M. G. Vangel, New methods for one-sided tolerance limits for a one-way balanced random-effects "
        "ANOVA model, Technometrics 34 (1992) 176–185: basis values of batches that differ."
    ),
    "vangel-1994": (
        "M. G. Vangel, One-sided nonparametric tolerance limits, Communications in Statistics: Simulation "
        "and Computation 23 (1994) 1137–1154: which order statistics to take, and their factors."
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
