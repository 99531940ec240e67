"""The flows and steps this release has, by the names the database keeps them under."""

from __future__ import annotations

from django.db.models import TextField
from django.db.models.functions import Cast
from viewflow.workflow.fields import get_flow_ref, get_task_ref

from workflows import registry
from workflows.flow import CaseFlow, Step

# Cast, or viewflow would look the class up while the row is read, and a name that is gone would be nothing at all.
RAW_FLOW = Cast("flow_class", TextField())
RAW_FLOW_OF_ITEM = Cast("process__flow_class", TextField())
RAW_TASK = Cast("flow_task", TextField())


def known_flows() -> dict[str, type[CaseFlow]]:
    """Reference -> flow, of every programme, the flows of before too."""
    flows = (flow for programme in registry.programmes().values() for flow in programme.flows)
    return {str(get_flow_ref(flow)): flow for flow in flows}


def known_tasks() -> dict[str, Step]:
    """Reference -> step, of all of them."""
    return {str(get_task_ref(step)): step for flow in known_flows().values() for step in flow.steps()}
