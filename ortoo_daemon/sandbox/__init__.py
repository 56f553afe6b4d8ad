"""A local Salesforce org: schema, rows, rules, SOQL and HTTP, for demo, tests and trials."""
