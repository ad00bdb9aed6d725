"""The life of a case: what is known of it, what follows from that, and who may do what. Values in, values out."""
