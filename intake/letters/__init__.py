"""Letters to customers: templates as data, what goes into them, and the mail that carries them."""
