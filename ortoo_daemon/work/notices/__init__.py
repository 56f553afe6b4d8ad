"""Who is still to be told of what was decided, and who has been? The outbox of one store."""
