"""The sentences that users read, translated; how times, tables and long messages are written."""
