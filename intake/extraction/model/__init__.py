"""The trained classifiers: their data (`statements.tsv`, `letters.tsv`), training (`train`), weights (`weights.npz`)."""
