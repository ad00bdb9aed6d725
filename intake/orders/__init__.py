"""The company's own records of payments: where a claim becomes a verified fact."""
