"""Lead and case routing for automotive dealer networks on Salesforce."""

__version__ = "0.1.0"
