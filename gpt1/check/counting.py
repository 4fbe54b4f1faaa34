"""Exercises about counting parameters, FLOPs and bytes."""

EXERCISES = ()
