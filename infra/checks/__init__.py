"""Checks the template with the real Bicep compiler: `make infra`."""
