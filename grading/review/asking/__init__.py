"""Questions to a model behind an Ollama server, each with a deadline, and what may go wrong with them."""
