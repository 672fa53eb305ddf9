"""A CluedIn organization on loopback: its own reading of CluedIn's public sources, for tests and demonstrations.

`schema/` is the GraphQL schema, `behaviour/` what the service does, `wire/` how it talks, `admin/` what a test may make
happen. `README.md` lists each operation: simulated, approximated or missing.
"""
