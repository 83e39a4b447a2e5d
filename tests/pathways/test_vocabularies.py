"""What two packages must say alike because the one below may not import the one above."""

from pathways import workflow
from prescriptions import enums


def test_the_pathway_reads_open_requests_as_prescriptions_name_them():
    assert {state.value for state in enums.ASKING} == workflow.ASKING
    assert {state.value for state in enums.EXPECTED} == workflow.HOLDING
