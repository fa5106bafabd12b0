"""The typed asyncio client of the native contract."""
