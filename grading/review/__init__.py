"""What students read about how their code is written: findings, and drafts of a model that a person approved."""
