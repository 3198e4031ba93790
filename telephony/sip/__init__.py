"""SIP without I/O: messages (RFC 3261), SDP (RFC 3264, 4566), transactions, dialogs, user agent server and client."""
