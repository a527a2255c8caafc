"""Telling members what happened: in the app and by mail."""
