"""Exercises about training."""

EXERCISES = ()
