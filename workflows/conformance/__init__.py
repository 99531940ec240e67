"""Whether what happened fits the model that left the house.

Here a BPMN file is read as by a stranger: from its text alone, as a Petri net. `soundness` proves the net; `alignment`
holds the path of a case against it; `cases` takes the paths from the cases there are.
"""
