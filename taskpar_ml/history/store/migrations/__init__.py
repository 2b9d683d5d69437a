"""How the tables of a store became what they are. Run by :mod:`taskpar_ml.history.store.schema`."""
