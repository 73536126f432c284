"""What marks a file as catalogue.sqlite of this version; read before any table is."""

APPLICATION_ID = int.from_bytes(b"CPAK", "big")
FORMAT = 1
