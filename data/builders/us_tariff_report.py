"""What the build of the tariff measures tells: how much there is, and what was left out."""

from builders.us_tariff_cells import Cells, Table

LEFT_OUT = (
    "codes of goods in files that are not among the sources: derivatives of metals, parts of vehicles, exempt "
    "goods, lists of Section 301",
    "rates by country of the reciprocal duties of phases 1 and 2, which no cell gives, but for China",
    "duties on derivatives of metals before April 2026, and quotas for beef and for authorized parts of vehicles",
    "floors for certified parts of cars from the European Union, Japan and South Korea, which depend on the importer",
    "which measures add up and which exclude each other: the cells give it for a model only",
    "parameters of the tracker's model: shares, rebates, thresholds, switches",
)


def report(cells: Cells, measures: list[Table], ieepa_end: str, nodes: list[str]) -> list[str]:
    """Give the lines of the report."""
    phases = [phase for measure in measures for phase in measure["state"]]
    moments = {phase[key] for phase in phases for key in ("from", "said", "disputed") if key in phase}
    rows = {measure["timing"] for measure in measures if "timing" in measure} | {ieepa_end}
    rows |= {moment.removeprefix("timing: ") for moment in moments if moment.startswith("timing: ")}
    revisions = moments | {m["exempts_inferred"]["revision"] for m in measures if "exempts_inferred" in m}
    undated = sorted(cells.timing.keys() - rows)
    untold = [
        name for name, row in cells.revisions.items() if row["policy_event"] != "NA" and name not in revisions
    ]
    states = sum(" a ap:PolicyState" in part for part in nodes)
    claims = [part for part in nodes if " a ap:Claim" in part]
    disputed = sum("credence:disputed" in part for part in claims)
    return [
        f"{len(measures)} measures, {states} states, {len(claims)} claims, {disputed} of them disputed",
        f"left out: {len(undated)} row of dates that revisions tell better: {', '.join(undated)}",
        f"left out: {len(untold)} events of revisions, told by other rows or not read safely: {' '.join(untold)}",
        *(f"left out: {what}" for what in LEFT_OUT),
    ]
