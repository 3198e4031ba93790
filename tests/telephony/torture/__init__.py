"""Messages of our own making, one for each fault or oddity that RFC 4475 and RFC 5118 describe."""
