"""What CluedIn does, without a word about how it talks."""
