"""From risks to a plan: dependencies, decisions about pairs, waves."""
