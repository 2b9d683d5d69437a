"""What a task will touch: evidence from declarations and texts, fused into probabilities."""
