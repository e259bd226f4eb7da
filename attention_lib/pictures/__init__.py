"""How the lesson's pictures are made. Students import them from `attention_lib.visualizations`."""
