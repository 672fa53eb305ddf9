"""CluedIn's GraphQL API: its client, which lets out values only."""
