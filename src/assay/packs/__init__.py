"""Which clauses and objectives exist: data only, one TOML file a pack."""
