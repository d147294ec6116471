"""What does AI say everywhere else, fast?

Runs in, models out: one Gaussian process a scalar quantity, refused where a constant or a straight
line does as well. A model proposes points and answers `assay predict`; it never decides a verdict.
"""

from assay.surrogates.proposals import Proposal as Proposal
from assay.surrogates.proposals import Question as Question
from assay.surrogates.proposals import Row as Row
from assay.surrogates.proposals import propose as propose
from assay.surrogates.protocol import Family as Family
from assay.surrogates.protocol import Model as Model
from assay.surrogates.protocol import TrainingData as TrainingData
from assay.surrogates.protocol import training_data as training_data
from assay.surrogates.records import Input as Input
from assay.surrogates.records import ModelPayload as ModelPayload
from assay.surrogates.records import Score as Score
from assay.surrogates.registry import families as families
from assay.surrogates.registry import family as family
from assay.surrogates.registry import library_version as library_version
from assay.surrogates.storage import from_bytes as from_bytes
from assay.surrogates.storage import to_bytes as to_bytes
from assay.surrogates.training import Training as Training
from assay.surrogates.training import train as train
