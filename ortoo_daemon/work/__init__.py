"""What waits to be done: the durable queue, the checkpoints of the streams, and the workers."""
