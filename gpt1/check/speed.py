"""Exercises about training faster."""

EXERCISES = ()
