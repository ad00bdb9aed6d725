"""The trained classifier: its data (`statements.tsv`), its training (`train`), its weights (`weights/`)."""
