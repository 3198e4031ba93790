"""Search engines behind one protocol: tantivy, Elasticsearch, memory."""
