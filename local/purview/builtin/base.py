"""Referenceable, Asset, DataSet, Process, Infrastructure, and lineage between them.

Source: Apache Atlas' model 0010; direct lineage and attached schemas: docs/vendors/purview.md, sections 3 and 5.
"""

from local.purview.builtin.building import end, entity_def, relationship_def

DEFINITIONS = (
    entity_def("Referenceable", None, "qualifiedName:string!"),
    entity_def("__internal", None),
    entity_def("Asset", "Referenceable", "name:string!", "description", "owner", "displayName", "userDescription"),
    entity_def("DataSet", "Asset"),
    entity_def("Infrastructure", "Asset"),
    entity_def("Process", "Asset", "inputs:array<DataSet>", "outputs:array<DataSet>"),
    relationship_def(
        "dataset_process_inputs",
        "AGGREGATION",
        end("Process", "inputs", owner=True, legacy=True),
        end("DataSet", "inputToProcesses"),
    ),
    relationship_def(
        "process_dataset_outputs",
        "AGGREGATION",
        end("Process", "outputs", owner=True, legacy=True),
        end("DataSet", "outputFromProcesses"),
    ),
    relationship_def(
        "direct_lineage_dataset_dataset",
        "ASSOCIATION",
        end("DataSet", "sinks"),
        end("DataSet", "sources"),
        "columnMapping",
    ),
)
