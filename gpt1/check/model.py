"""Exercises about the model."""

EXERCISES = ()
