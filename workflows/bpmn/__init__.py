"""A flow as a BPMN 2.0 file: the procedure itself, and where everything is drawn."""

from __future__ import annotations

from workflows.bpmn.document import to_bpmn

__all__ = ["to_bpmn"]
