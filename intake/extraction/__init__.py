"""Reading customers: kind, fields, flags, each with its evidence."""
