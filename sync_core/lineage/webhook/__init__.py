"""What CluedIn sends when it has processed a data set."""
