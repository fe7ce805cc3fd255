"""One verb each: what a user can ask of the graph. They receive a store and never build one."""
