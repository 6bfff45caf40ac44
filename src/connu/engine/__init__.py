"""The tables: the only package that knows a database driver for them (DuckDB, Spark)."""
