"""How does the running process work: wiring, life, the handling of one record?

The only place where everything meets; only `wiring` joins ports to adapters.
"""
