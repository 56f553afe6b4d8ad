"""What was decided and why, in forms that last? The fifth stage. Pure."""
