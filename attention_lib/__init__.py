"""The library of the lesson on transformer attention: everything the notebook imports, and none of its solutions.

Modules that the notebook uses:

- `tokenization`, `embedding`: the running example, from text to what an attention head receives.
- `visualizations`: the pictures; `pictures` holds one file for each kind.
- `mini_transformer`: the model itself, with `attend_with` for the student's attention. `experiments`: four comparisons.
- `checks`: named checks, and what the test cells say about an answer.
- `progress`: `verify()`, the student's own check of the whole notebook.

Behind these: `notebook_file` and `canonical` (the notebook as it is graded), `fresh_run` (a run in a new kernel),
`score_card` (its result). `mini_transformer_weights` is the trained model, with a model card.

Importing the package itself loads none of them.
"""
