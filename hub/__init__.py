"""The course on JupyterHub."""
