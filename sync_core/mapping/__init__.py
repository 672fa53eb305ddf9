"""Pure decisions: which assets count, what things are called, what has to change."""
