"""The sandbox org's event bus as its CometD clients see it: channels, replay, change events."""
