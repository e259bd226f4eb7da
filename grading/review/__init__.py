"""The code review: a model behind an Ollama server comments; checkers, rules and people decide what students see."""
