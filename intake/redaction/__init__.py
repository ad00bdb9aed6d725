"""Nothing secret is kept: the redactor and the two text types."""
