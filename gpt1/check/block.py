"""Exercises about the block."""

EXERCISES = ()
