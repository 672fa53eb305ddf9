"""What a person does in the portal, and what only a simulator can do: admin routes beyond those of the kit."""
