"""The life of a case: what is known of it, what follows from that, and who may do what.

`desk` and `decide` do it, each verb a transaction of the store; the rest takes values and gives values.
"""
