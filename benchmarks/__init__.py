"""How fast is the daemon, and what does it cost? `python -m benchmarks [NAME…] [--quick]`.

Figures that are compared are measured side by side in one run, so that a slow or busy machine slows both;
ratios and CPU seconds say more than absolute rates.
"""
