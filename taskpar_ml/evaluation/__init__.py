"""What models are held against: rules and models that others have published, on the same pairs."""
