"""Pages for people: what was read becomes a view, a view becomes HTML. Pure: no state is read here, no clock."""
