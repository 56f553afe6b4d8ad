"""What is the JSON Schema of the files admins write? One module for each section of the language."""
