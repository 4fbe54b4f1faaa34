"""Exercises about counting words."""

EXERCISES = ()
