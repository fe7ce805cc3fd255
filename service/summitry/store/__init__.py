"""Where the graph is kept: one contract, several stores."""
