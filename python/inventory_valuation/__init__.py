"""The library behind the Python models and the command line; its packages follow the rooms of the house."""
