"""Tests mirror the package; `world` builds small networks for them."""
