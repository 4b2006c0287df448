"""Prints the records of a Parquet file as JSON: as DuckDB reads them, or as Apache Arrow does."""

import json
import sys
from datetime import timezone


def by_duckdb(path):
    import duckdb

    # A moment as a Python object would ask for one more package.
    found = duckdb.sql(f"SELECT * REPLACE (epoch_ms(created_at) AS created_at) FROM '{path}'")
    [[total]] = duckdb.sql(f"SELECT sum(cost_usd) FROM '{path}'").fetchall()
    return [dict(zip(found.columns, row)) for row in found.fetchall()], total


def by_arrow(path):
    import pyarrow.compute
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(path)
    rows = table.to_pylist()
    for row in rows:
        at = row["created_at"]
        assert at.utcoffset() is not None, "a moment without a time zone"
        row["created_at"] = round(at.astimezone(timezone.utc).timestamp() * 1000)
    return rows, pyarrow.compute.sum(table["cost_usd"]).as_py()


rows, total = {"duckdb": by_duckdb, "arrow": by_arrow}[sys.argv[1]](sys.argv[2])
json.dump({"rows": rows, "total": total}, sys.stdout, default=lambda amount: format(amount, "f"))
