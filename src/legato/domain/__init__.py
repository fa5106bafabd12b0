"""The shared vocabulary: values that every package uses and none owns. Imports nothing else of the project."""
