"""Gives the app's identity the roles that it needs in Purview. Used by a script alone, so it is not deployed."""
