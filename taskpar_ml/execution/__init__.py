"""Running tasks: who does them, where, what becomes of them, and how a run goes on."""
