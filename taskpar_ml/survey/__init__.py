"""What a repository holds beside files: definitions, endpoints, tables, and how they connect."""
