"""The web application over the ledger: people decide what the program left open. Nothing of it grades."""
