"""Plain viewflow, as its manual has it: what a step costs without any of our work."""

from typing import Any

from viewflow import this
from viewflow.workflow import flow, lock
from viewflow.workflow.flow import Flow


class PlainFlow(Flow):
    """Two human steps on viewflow's own models."""

    lock_impl = lock.SelectForUpdateLock(nowait=False)

    start = flow.StartHandle(this.begin).Next(this.first)
    first = flow.View(None).Next(this.second)
    second = flow.View(None).Next(this.end)
    end = flow.End()

    def begin(self, activation: Any) -> Any:
        return activation.process
