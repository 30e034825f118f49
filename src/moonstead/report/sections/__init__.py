"""The report's pages, one file each; each has `ORDER` and `section(run)`. The builder finds them in this folder."""
