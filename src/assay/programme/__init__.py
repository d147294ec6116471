"""What has to be shown, with what?

A folder of plain files goes in; checked, frozen objects with units come out, or one error that lists
everything that is wrong with file and line.
"""

from assay.programme._basis_calls import batch_labels as batch_labels
from assay.programme._basis_calls import method_basis as method_basis
from assay.programme._files import document_digest as document_digest
from assay.programme._joint_law import joint_law as joint_law
from assay.programme._limit_values import constant_factors as constant_factors
from assay.programme._load import load as load
from assay.programme._packs import built_in_packs as built_in_packs
from assay.programme.evaluation import evaluate as evaluate
from assay.programme.evaluation import unit_of as unit_of
from assay.programme.expressions import Basis as Basis
from assay.programme.expressions import Expression as Expression
from assay.programme.expressions import ExpressionError as ExpressionError
from assay.programme.expressions import basis_calls as basis_calls
from assay.programme.expressions import expression_text as expression_text
from assay.programme.expressions import factor_tags as factor_tags
from assay.programme.expressions import names as names
from assay.programme.expressions import repeated_tags as repeated_tags
from assay.programme.formulas import Formula as Formula
from assay.programme.formulas import Interval as Interval
from assay.programme.formulas import Step as Step
from assay.programme.formulas import interval_of_formula as interval_of_formula
from assay.programme.formulas import value_of as value_of
from assay.programme.model import AtCases as AtCases
from assay.programme.model import BasisRule as BasisRule
from assay.programme.model import Budget as Budget
from assay.programme.model import Case as Case
from assay.programme.model import Clause as Clause
from assay.programme.model import Column as Column
from assay.programme.model import Configuration as Configuration
from assay.programme.model import Criterion as Criterion
from assay.programme.model import Dataset as Dataset
from assay.programme.model import Declaration as Declaration
from assay.programme.model import DeclarationKind as DeclarationKind
from assay.programme.model import DocumentHead as DocumentHead
from assay.programme.model import DocumentMeans as DocumentMeans
from assay.programme.model import ErrorShares as ErrorShares
from assay.programme.model import Everywhere as Everywhere
from assay.programme.model import Factor as Factor
from assay.programme.model import Fraction as Fraction
from assay.programme.model import Holds as Holds
from assay.programme.model import Identity as Identity
from assay.programme.model import ModelForm as ModelForm
from assay.programme.model import Objective as Objective
from assay.programme.model import Others as Others
from assay.programme.model import Over as Over
from assay.programme.model import Pack as Pack
from assay.programme.model import PackFactor as PackFactor
from assay.programme.model import Programme as Programme
from assay.programme.model import QuantitySpec as QuantitySpec
from assay.programme.model import Requirement as Requirement
from assay.programme.model import ResidualBound as ResidualBound
from assay.programme.model import Sense as Sense
from assay.programme.model import Source as Source
from assay.programme.model import Study as Study
from assay.programme.model import SurrogateSpec as SurrogateSpec
from assay.programme.model import Verification as Verification
from assay.programme.model import bounding_kinds as bounding_kinds
from assay.programme.parsing import parse_expression as parse_expression
from assay.programme.records import describe as describe
from assay.programme.records import programme_payloads as programme_payloads
