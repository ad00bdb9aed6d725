"""`intake queue`: the cases, and what people do with them."""
