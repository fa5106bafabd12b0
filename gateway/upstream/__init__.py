"""The sockets to vendors: dialled, leased and replaced here."""
