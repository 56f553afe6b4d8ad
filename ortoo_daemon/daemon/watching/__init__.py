"""How do people and machines see how the daemon is: health, metrics, status, logs, watchdog?"""
