"""Exercises about tokens."""

EXERCISES = ()
