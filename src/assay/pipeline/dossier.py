"""How does the evidence become files? Gathers what the document needs, draws, composes, renders."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from assay.compliance import status
from assay.document import Document, require
from assay.document.compose import (
    DossierInputs,
    FigureRef,
    StudyRecords,
    attached_records,
    compose,
    dossier_record,
    figure_requests,
    sources_of,
)
from assay.evidence import Record, Store, canonical, digest
from assay.pipeline.figures import draw, field_views
from assay.pipeline.freezing import attempt_records_on_file
from assay.pipeline.setting import ConfigurationEvidence, Stream
from assay.pipeline.study_stages import StudyEvidence
from assay.pipeline.tool import TOOL
from assay.pipeline.walk import Walked

FORMATS = ("pdf", "html", "json")
WRITTEN = "dossier-written"
"""Event of the journal: which files were rendered from which dossier record."""
RENDERERS = ("fonttools", "jinja2", "typst")
VERIFIER = Path(__file__).parent.parent / "dossier" / "verify.py"


@dataclass(frozen=True)
class Tables(Mapping[str, bytes]):
    """Run tables of the store, read when they are asked for."""

    store: Store
    digests: tuple[str, ...]

    def __getitem__(self, key: str) -> bytes:
        if key not in self.digests:
            raise KeyError(key)
        return self.store.blob(key)

    def __iter__(self) -> Iterator[str]:
        return iter(self.digests)

    def __len__(self) -> int:
        return len(self.digests)


@dataclass(frozen=True)
class Written:
    """A dossier's files."""

    configuration: str
    record: Record
    files: Mapping[str, Path]
    """Format to path."""


def write_dossier(
    store: Store,
    walked: Walked,
    configuration: str,
    folder: Path,
    formats: Sequence[str],
    tell: Callable[[str], None] | None = None,
) -> Written:
    """Write the dossier of one configuration and store its record.

    Parameters
    ----------
    folder
        The programme's folder; files go to ``build/CONFIGURATION/``.
    formats
        Of `FORMATS`.
    tell
        Told each step that takes time.
    """
    say = tell or (lambda _: None)
    inputs = gather(store, walked, configuration)
    summary = dossier_record(inputs, tool=TOOL)
    target = folder / "build" / configuration
    made_by = rendering_digest()
    known = _up_to_date(store, summary, target, formats, made_by)
    if known is not None:
        say(f"{configuration}: nothing has changed since it was written")
        return Written(configuration, summary, known)
    say("composing")
    images = {r.name: draw(store, r) for r in figure_requests(inputs, summary)}
    refs = {name: FigureRef(digest(data), "svg") for name, data in images.items()}
    document = compose(inputs, summary, refs)
    require(document, sources_of(inputs, summary))
    store.put(summary)
    target.mkdir(parents=True, exist_ok=True)
    rendered = _render(store, inputs, summary, document, images, formats, say)
    files = {}
    for name, data in rendered.items():
        path = target / f"dossier.{name}"
        path.with_suffix(path.suffix + ".part").write_bytes(data)
        path.with_suffix(path.suffix + ".part").replace(path)
        files[name] = path
    written = {name: digest(data) for name, data in rendered.items()}
    store.note(WRITTEN, configuration, {"dossier": summary.id, "made_by": made_by, "files": written})
    return Written(configuration, summary, files)


def rendering_digest() -> str:
    """Return the digest of what a dossier's bytes depend on beside its record: Assay and its renderers."""
    package = Path(__file__).parent.parent
    files = sorted(f for f in package.rglob("*") if f.is_file() and "__pycache__" not in f.parts)
    content = [[f.relative_to(package).as_posix(), digest(f.read_bytes())] for f in files]
    return digest(canonical([content, [[name, version(name)] for name in RENDERERS]]))


def _up_to_date(
    store: Store, summary: Record, target: Path, formats: Sequence[str], made_by: str
) -> dict[str, Path] | None:
    """Return the files on disk if they are the ones that would be written again."""
    last = None
    for note in store.journal(WRITTEN, target.name):
        if note.detail["dossier"] == summary.id and note.detail["made_by"] == made_by:
            last = {**(last or {}), **note.detail["files"]}
    paths = {name: target / f"dossier.{name}" for name in formats}
    for name, path in paths.items():
        if last is None or name not in last or not path.is_file() or digest(path.read_bytes()) != last[name]:
            return None
    return paths


def _render(
    store: Store,
    inputs: DossierInputs,
    summary: Record,
    document: Document,
    drawn: Mapping[str, bytes],
    formats: Sequence[str],
    say: Callable[[str], None],
) -> dict[str, bytes]:
    from assay.dossier import attachments, render_html, render_json, render_pdf

    images = {digest(data): data for data in drawn.values()}
    tables = dict(inputs.tables)
    records = attached_records(inputs, summary)
    attached = attachments(document, records, tables, images, VERIFIER.read_bytes(), summary.id)
    result = {}
    if "pdf" in formats:
        say("rendering the PDF")
        result["pdf"] = render_pdf(document, attached, images)
    if "html" in formats:
        say("rendering the HTML")
        views = field_views(store, document, figure_requests(inputs, summary))
        result["html"] = render_html(document, {file.name: file.data for file in attached}, views)
    if "json" in formats:
        result["json"] = render_json(document)
    return result


def closed(store: Store, records: Sequence[Record]) -> tuple[Record, ...]:
    """Return records with everything that they were made from, however far back."""
    found = {record.id: record for record in records}
    open_ids = [i for record in records for i in record.inputs.values()]
    while open_ids:
        identifier = open_ids.pop()
        if identifier not in found:
            found[identifier] = store.get(identifier)
            open_ids.extend(found[identifier].inputs.values())
    return tuple(found.values())


def gather(store: Store, walked: Walked, configuration: str) -> DossierInputs:
    """Return everything that the document of one configuration may say."""
    found = walked.configurations[configuration]
    payloads = [s.payload for s in walked.showings[configuration].values() if s.payload is not None]
    studies = {
        name: _study_records(store, evidence, found, name)
        for name, evidence in walked.studies.items()
        if any(claim.study.name == name for claim in found.setting.claims)
    }
    attempts, freezes = attempt_records_on_file(walked.ledger, found.setting)
    inputs = DossierInputs(
        programme=walked.programme,
        configuration=configuration,
        status=status(walked.programme, walked.rows[configuration], payloads),
        showings={name: r for name, r in found.showings.items() if r is not None},
        studies=studies,
        own=walked.records,
        approvals=walked.approvals,
        attempts=attempts,
        freezes=freezes,
        discarded=discarded(store, walked),
        tables={},
        weighed={n: r for n, r in walked.weighed.get(configuration, {}).items() if r.payload.get("model")},
    )
    named = attached_records(inputs, None)
    known = {record.id for record in named}
    inputs = replace(inputs, closure=tuple(r for r in closed(store, named) if r.id not in known))
    blobs = [r.blobs for r in attached_records(inputs, None)]
    digests = [found[role] for found in blobs for role in ("table", "path", "checks") if role in found]
    return replace(inputs, tables=Tables(store, tuple(dict.fromkeys(digests))))


def _study_records(
    store: Store, evidence: StudyEvidence, found: ConfigurationEvidence, name: str
) -> StudyRecords:
    blocks = {number: r for (study, number), r in found.validation.items() if study == name and r is not None}
    designs = {number: store.get(r.inputs["design"]) for number, r in blocks.items()}
    return StudyRecords(
        training=evidence.training,
        models={q: r for q, r in evidence.models.items() if r is not None},
        guards={q: r for q, r in evidence.guards.items() if r is not None},
        metrics={q: r for (study, q), r in found.metrics.items() if study == name and r is not None},
        verification_runs=evidence.verification_runs,
        verification=evidence.verification,
        structure_runs=evidence.structure_runs,
        structure=evidence.structure,
        nominal=found.nominal.get(name),
        guided=found.guided.get(name),
        refutation=found.refutation.get(name),
        validation=blocks,
        designs=designs,
        pictures=found.pictures.get(name),
        sequential=(
            *(runs for stream in _streams(found, name) for _, runs in stream.steps),
            *_certified(found, name),
            *_banded(found, name),
        ),
    )


def _streams(found: ConfigurationEvidence, study: str) -> Iterator[Stream]:
    """Yield the plans of a study's criteria that decide run by run, a part each."""
    for criterion, streams in found.streams.items():
        if found.plans[criterion].claim.study.name == study:
            yield from streams


def _certified(found: ConfigurationEvidence, study: str) -> Iterator[Record]:
    """Yield the runs of a study's plans that rest on declared signs."""
    for criterion, certified in found.certified.items():
        if found.plans[criterion].claim.study.name == study:
            yield from (runs for _, runs in certified.steps if runs is not None)


def _banded(found: ConfigurationEvidence, study: str) -> Iterator[Record]:
    """Yield the draws of a study's plans under a declared bound."""
    for criterion, banded in found.bands.items():
        if found.plans[criterion].claim.study.name == study and banded.runs is not None:
            yield banded.runs


def discarded(store: Store, walked: Walked) -> tuple[Record, ...]:
    """Return the runs, models and showings on file that the programme as it stands no longer uses."""
    used = set()
    for evidence in walked.studies.values():
        used |= {r.id for r in (evidence.training, evidence.verification_runs, evidence.structure_runs) if r}
        used |= {r.id for r in (*evidence.models.values(), evidence.verification, evidence.structure) if r}
    for found in walked.configurations.values():
        groups = (found.nominal, found.guided, found.validation, found.showings, found.pictures)
        used |= {r.id for group in groups for r in group.values() if r is not None}
        every = [stream for streams in found.streams.values() for stream in streams]
        used |= {runs.id for stream in every for _, runs in stream.steps}
        used |= {r.id for known in found.certified.values() for _, r in known.steps if r is not None}
        used |= {known.runs.id for known in found.bands.values() if known.runs is not None}
        used |= {r.id for levelled in found.levels.values() if levelled is not None for r in levelled.runs()}
    kinds = ("runs", "model", "showing")
    return tuple(r for kind in kinds for r in store.records(kind) if r.id not in used)


def require_final(walked: Walked, configuration: str) -> None:
    """Refuse a final dossier while a row is stale or its evidence is not complete.

    Raises
    ------
    CheckFailedError
        Naming the rows.
    """
    from assay.errors import CheckFailedError

    open_rows = [
        row.requirement
        for row in walked.rows[configuration]
        if row.stale or row.reason in {"not-run", "stale"}
    ]
    if open_rows:
        raise CheckFailedError(f"not final: {', '.join(open_rows)} of {configuration} wait for `assay run`")
