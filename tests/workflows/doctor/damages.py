"""All the ways to hurt a county there are."""

from tests.workflows.doctor import harm_to_cases, harm_to_clocks, harm_to_promises, harm_to_records
from tests.workflows.doctor.harm import DAMAGES, Damage

MODULES = (harm_to_cases, harm_to_clocks, harm_to_promises, harm_to_records)

__all__ = ["DAMAGES", "MODULES", "Damage"]
