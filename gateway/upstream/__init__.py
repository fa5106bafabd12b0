"""Owns the sockets to vendors: dials, leases, heals."""
