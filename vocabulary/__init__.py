"""The words that two or more rooms use: values and events, no behaviour, no third-party import."""
