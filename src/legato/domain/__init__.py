"""The words of the house: values that every room speaks and none owns. Imports nothing of ours."""
