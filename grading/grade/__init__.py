"""From a submission to its points: canonical notebook, sandbox, records, gradebook."""
