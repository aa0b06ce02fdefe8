"""What an assignment handed out: how its editions are recognised, and a document without them."""
