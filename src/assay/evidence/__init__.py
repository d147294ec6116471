"""What do we know, and from what?

Records under the digest of their own bytes, the files they name, the journal of when and by whom,
and the ledger of what people decided. Nothing here knows what a record means.
"""

from assay.evidence.approvals import Approval as Approval
from assay.evidence.ledger import ApprovalEntry as ApprovalEntry
from assay.evidence.ledger import Ledger as Ledger
from assay.evidence.ledger import LedgerEntry as LedgerEntry
from assay.evidence.ledger import attempt_numbers as attempt_numbers
from assay.evidence.ledger import read_ledger as read_ledger
from assay.evidence.ledger import write_approval as write_approval
from assay.evidence.ledger import write_attempt as write_attempt
from assay.evidence.ledger import write_freeze as write_freeze
from assay.evidence.records import SCHEMA as SCHEMA
from assay.evidence.records import Json as Json
from assay.evidence.records import Record as Record
from assay.evidence.records import canonical as canonical
from assay.evidence.records import digest as digest
from assay.evidence.records import read_json as read_json
from assay.evidence.records import read_record as read_record
from assay.evidence.records import recipe_digest as recipe_digest
from assay.evidence.store import JournalEntry as JournalEntry
from assay.evidence.store import Store as Store
from assay.evidence.store import open_store as open_store
from assay.evidence.why import Why as Why
