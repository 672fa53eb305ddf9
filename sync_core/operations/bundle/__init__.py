"""The bundle: one redacted value of all that a report needs, which a laptop can open again."""
