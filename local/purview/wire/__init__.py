"""The wire format: paths, parameters and JSON shapes; decides nothing."""
