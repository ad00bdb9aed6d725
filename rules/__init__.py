"""The rules core: facts and a policy in, a decision out. No clock, no I/O but policy data, standard library only."""
