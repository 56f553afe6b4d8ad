"""What the clock asks for: reconciliation, retention, and the schedule they run on."""
