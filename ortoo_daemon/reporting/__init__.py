"""What do operations leads read: figures of routing, answering and selling, by place and time? Pure."""
