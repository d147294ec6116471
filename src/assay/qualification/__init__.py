"""Where may it be believed, how far?

A model and runs it never saw in; a guard that decides point by point, and held-out metrics, out.
"""

from assay.qualification.guarding import Decision as Decision
from assay.qualification.guarding import abstains as abstains
from assay.qualification.guarding import decide as decide
from assay.qualification.guarding import guard as guard
from assay.qualification.guarding import refusal as refusal
from assay.qualification.held_out import metrics as metrics
from assay.qualification.prediction import Prediction as Prediction
from assay.qualification.prediction import predict as predict
from assay.qualification.records import Abstention as Abstention
from assay.qualification.records import Errors as Errors
from assay.qualification.records import GuardPayload as GuardPayload
from assay.qualification.records import Limits as Limits
from assay.qualification.records import MetricsPayload as MetricsPayload
from assay.qualification.records import OrderStatisticBound as OrderStatisticBound
