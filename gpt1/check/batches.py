"""Exercises about batches and embeddings."""

EXERCISES = ()
