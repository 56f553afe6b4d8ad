"""What do the admins' YAML files say? Text in, policies or located problems out.

Pure: no I/O, no clock, no randomness, no logging. Files are read by whoever calls `load`.
"""
