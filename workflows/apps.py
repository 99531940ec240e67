from importlib import import_module

from django.apps import AppConfig
from django.core import checks


class WorkflowsConfig(AppConfig):
    """Policy: what may be done with a case, by whom, in which order."""

    name = "workflows"
    verbose_name = "流程"

    def ready(self) -> None:
        # The flows need the models, which are loaded only now: that is why this is not an import above.
        proof = import_module("workflows.proof")
        checks.register(proof.flows_are_proved, "workflows")
        missing = import_module("workflows.missing")
        checks.register(missing.programmes_are_read, "workflows")
        checks.register(missing.no_programme_is_lost, checks.Tags.database)
