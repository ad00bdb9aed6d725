"""What runs, put together: keys, store and pollers; the errands and look-ups beside the polling."""
