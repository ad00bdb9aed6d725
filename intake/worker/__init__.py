"""Processes that read messages: bounded in time and memory, replaced where they break."""
