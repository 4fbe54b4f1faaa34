"""Weights in and out of files; nothing here knows the model."""
