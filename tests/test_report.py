"""A report is the same after a journey between processes, and says in a sentence how much there is of what."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from summitry import report
from summitry.model import Edit, Finding, Report, Severity

TENURE = Finding(
    Severity.VIOLATION,
    "A tenure has exactly one holder.",
    file="draft.ttl",
    line=7,
    column=5,
    shape="https://w3id.org/summitry/shapes#TenureShape-holder",
    component="http://www.w3.org/ns/shacl#MinCountConstraintComponent",
    focus="<https://w3id.org/summitry/id/tenure/ann>",
    path="<https://w3id.org/summitry/ns#holder>",
    fix="ap:holder person:…",
)
SOURCE = Finding(Severity.WARNING, "The graph has no source.", file="draft.ttl")
HINT = Finding(Severity.INFO, "Nothing declares it.")
OLD = replace(TENURE, standing=True)

EDITS = st.builds(Edit, *[st.integers(1, 10**6)] * 4, st.text(max_size=9))
FINDINGS = st.builds(
    Finding,
    st.sampled_from(Severity),
    st.text(min_size=1),
    file=st.text(max_size=9),
    line=st.integers(0, 10**6),
    value=st.text(max_size=9),
    fix=st.text(max_size=9),
    edits=st.lists(EDITS, max_size=2).map(tuple),
    standing=st.booleans(),
)


@settings(derandomize=True, deadline=None)
@given(st.lists(FINDINGS, max_size=2))
def test_a_report_is_read_as_it_was_written(findings):
    written = Report(tuple(findings))

    assert report.loads(report.dumps(written)) == written


def test_members_say_what_there_is_to_say():
    """RFC 9457 §3.2: extension members; one that is absent says nothing."""
    assert report.as_members(SOURCE) == {
        "severity": "warning",
        "message": "The graph has no source.",
        "file": "draft.ttl",
    }


def test_the_summary_counts_by_severity():
    assert report.summary(Report()) == "nothing to remark"
    assert report.summary(Report((TENURE, SOURCE, TENURE, HINT))) == "2 violations, 1 warning, 1 info"
    assert report.summary(Report((TENURE, OLD))) == "1 violation, 1 there before"


def test_violations_refuse_and_warnings_do_not():
    """SHACL §3.6 lets any result fail conformance; here a warning is a remark."""
    assert Report((SOURCE, HINT)).conforms
    assert not Report((SOURCE, TENURE)).conforms
    assert Report((SOURCE, TENURE)).violations == (TENURE,)


def test_what_was_there_before_refuses_nothing():
    assert Report((OLD,)).conforms
