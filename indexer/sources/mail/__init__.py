"""Read e-mail: newsletters as single messages, and mailboxes of them."""
