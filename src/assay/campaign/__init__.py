"""How are these points run, so that nothing is lost and nothing is run twice?

A block of points goes through any executor; each run is kept as it ends, failed runs are results,
and the finished block is one record over a canonical run table.
"""

from assay.campaign.deriving import with_derived as with_derived
from assay.campaign.fields import read_field as read_field
from assay.campaign.fields import write_field as write_field
from assay.campaign.points import Block as Block
from assay.campaign.points import Point as Point
from assay.campaign.points import Purpose as Purpose
from assay.campaign.pool import WorkerDiedError as WorkerDiedError
from assay.campaign.pool import WorkerPool as WorkerPool
from assay.campaign.progress import BlockProgress as BlockProgress
from assay.campaign.progress import UnfinishedBlock as UnfinishedBlock
from assay.campaign.progress import unfinished_blocks as unfinished_blocks
from assay.campaign.records import RunsPayload as RunsPayload
from assay.campaign.records import TableReference as TableReference
from assay.campaign.running import KIND as KIND
from assay.campaign.running import REVISION as REVISION
from assay.campaign.running import run_block as run_block
from assay.campaign.tables import Row as Row
from assay.campaign.tables import iterate_table as iterate_table
from assay.campaign.tables import read_table as read_table
