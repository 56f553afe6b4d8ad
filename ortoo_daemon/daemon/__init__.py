"""How does the running process work? The only place where everything meets.

Here stand its life (`process`, `service`, `running`, `wiring`), its settings and what the clock asks for
(`sweeping`, `reviewing`). The rooms are named for what is done in them: `loading` of edited files,
`hearing` of events, `handling` of records, `watching` by people and machines, `budgets`, and `asking`
for the command line. Only `wiring` joins ports to adapters.
"""
