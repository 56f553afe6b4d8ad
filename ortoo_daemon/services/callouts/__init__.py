"""How are services called that policies ask? Requests, their bounds, and what came of each."""
