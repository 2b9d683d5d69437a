"""What two tasks have in common, as columns: one extractor per file, one vectorizer over all."""
