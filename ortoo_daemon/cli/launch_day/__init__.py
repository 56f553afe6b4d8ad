"""What happens in the demo? A launch day on a sandbox org: traffic, people, the daemon, and the proof."""
