"""Learning: from past tasks whose outcome is known to models, by the code that serves them."""
