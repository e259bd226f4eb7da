"""The code review: a model served by Ollama comments, checkers and rules decide what may be shown, people decide the rest."""
