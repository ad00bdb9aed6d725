"""Cue words and forms, one folder a language."""
