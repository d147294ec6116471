"""Who agrees?"""

from assay.review.approving import approve

__all__ = ["approve"]
