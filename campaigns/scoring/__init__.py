"""Scoring schemes: reading, checking, applying, ranking. Plain Python: no Django, no clock, no database.

See docs/scoring-api.md. In short:

* `schemefile.load_scheme(obj) -> (Scheme | None, errors, warnings)`, `schemefile.dump_scheme(scheme)`, `findings_at`
* `examplefile.run_examples(scheme) -> [ExampleResult]`
* `engine.evaluate(scheme, inputs, stage=, gates=, no_self_report=) -> Result` (raises `inputs.BadInput`)
* `entry.entries(scheme)`, `entry.leaf_entries`, `entry.clean_input`, `inputs.input_to_json`
* `ranking.rank(contenders, ties, decision) -> [Ranked]`
* `rules.RULE_KINDS`: kind → class with `title_vi`, `description_vi`, `params`, `input_kind`
* `types`: Scheme, Node, Leaf, Result, LineResult, RuleResult, State, …
"""
