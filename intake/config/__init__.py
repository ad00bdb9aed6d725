"""The config: its tables as models, and how it is read."""
