"""The catalogue: what flies, with its history, in one folder of Parquet files."""
