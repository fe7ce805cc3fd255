"""The killable processes in which anything a client wrote is parsed, queried or validated."""
