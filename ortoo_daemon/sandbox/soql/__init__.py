"""SOQL: text to a tree (`parse`), tree to SQL (`compile`), rows to pages (`query`)."""
