"""The outside world that is not the org: where notices go."""
