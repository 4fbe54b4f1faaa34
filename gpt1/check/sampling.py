"""Exercises about sampling."""

EXERCISES = ()
