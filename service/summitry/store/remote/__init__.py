"""The remote store: any SPARQL 1.1 server over HTTP, made to keep the contract of `summitry.store.base`."""
