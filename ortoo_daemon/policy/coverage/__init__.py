"""Which records does a policy leave to its last way out? All of them, as sets: nothing is sampled.

Every field that rules look at falls into finitely many classes of values that no test tells apart
(`domains`, `places`); sets of their combinations are kept as decision diagrams (`diagrams`). The rules
are walked once with the set of records that are still there (`ends`), and what is left is told in words
(`regions`), each with a record that stands for it (`examples`).
"""
