"""Missing is evidence, not an act: when something that is no longer shown counts as gone."""
