"""SHACL on what a change touches: shapes compiled to SPARQL, run where the change is applied."""
