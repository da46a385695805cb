"""Everything that starts, stops and carries Hope Care: servers, supervisor, database preparation, backup."""
