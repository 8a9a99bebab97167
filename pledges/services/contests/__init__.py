"""Contests of models."""
