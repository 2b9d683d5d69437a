"""Who says how probable a conflict is: one estimator per file, behind one contract."""
