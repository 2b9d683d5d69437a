"""What may never, and what may always, run side by side; knows only the domain."""
