"""Read files of records: JSON, JSON Lines, tables of delimited values, Parquet and Arrow."""
