"""`status` for people: what was read becomes a view, a view becomes HTML. Pure: nothing is read here, no clock."""
