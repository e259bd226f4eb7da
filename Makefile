PYTHON_IN_VENV := .venv/bin/python

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup demo hub test test-slow test-quick attack catalogue bench load release review lint

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

setup: ## make .venv/, or bring it in line (every target does this first)
	@./setup_venv.sh

demo: setup ## compile the notebook, grade a small class, print its table
	$(PYTHON_IN_VENV) -m grading demo

test: setup ## run the tests that need Python alone
	$(PYTHON_IN_VENV) -m pytest -m "not slow" --numprocesses 2 --dist loadfile --no-loadscope-reorder

test-slow: setup ## run the tests that need minutes, a browser, root or the network
	@./tests/install_slow_needs.sh
	$(PYTHON_IN_VENV) tests/run_slow.py

test-quick: setup ## run the tests that start neither a kernel nor nbgrader
	$(PYTHON_IN_VENV) -m pytest -m "not slow and not kernel" --numprocesses 2 --dist loadfile --no-loadscope-reorder

attack: setup ## try the attacks on our grading and on plain nbgrader, and print a table
	$(PYTHON_IN_VENV) -m tests.attacks

catalogue: setup ## grade right and wrong answers of every kind; print which were caught, accepted and explained
	$(PYTHON_IN_VENV) -m tests.catalogue

hub: setup ## open a course on a JupyterHub of this machine, with accounts for instructor, TAs and students
	@$(PYTHON_IN_VENV) -m hub.trial

review: setup ## open the page on which people decide about the model's drafts, for you alone
	$(PYTHON_IN_VENV) -m grading desk

bench: setup ## grade the same class with plain nbgrader and with ours, and print times and memory
	$(PYTHON_IN_VENV) -m tests.bench

load: setup ## let a whole class hand in at once, on the hub and to the service alone, and print how long it took
	STUDENTS_AT_ONCE=30 $(PYTHON_IN_VENV) -m pytest tests/hub/load
	STUDENTS_AT_ONCE=120 $(PYTHON_IN_VENV) -m pytest tests/handin/service/test_load.py

release: setup ## compile the student version and put attention_lib's wheel beside it
	$(PYTHON_IN_VENV) -m grading release

lint: setup ## look for mistakes in style
	$(PYTHON_IN_VENV) -m ruff check .
