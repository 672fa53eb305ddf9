"""Microsoft Purview's Data Map: its client, which lets out values only."""
