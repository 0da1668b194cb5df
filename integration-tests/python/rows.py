"""Prints the canonical text of every row that a reader sees, one per line.

    rows.py iceberg CATALOG_URI TABLE     PyIceberg, with deletes and evolution applied
    rows.py pyarrow FILE...               the rows of Parquet files, by pyarrow
    rows.py duckdb FILE...                the same, by DuckDB
"""

import struct
import sys
import uuid

import pyarrow as pa


def texts(array):
    """The text of each value of an Arrow array."""
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    valid = array.is_valid().to_pylist()
    absent = "null"
    if null_collections_are_empty and pa.types.is_map(array.type):
        absent = "{}"
    elif null_collections_are_empty and (pa.types.is_list(array.type) or pa.types.is_large_list(array.type)):
        absent = "[]"
    return [text if there else absent for text, there in zip(values(array), valid)]


def values(array):
    kind = array.type
    if isinstance(kind, pa.BaseExtensionType):
        if kind.extension_name == "arrow.uuid":
            return [v and str(uuid.UUID(bytes=v)).encode().hex() for v in array.storage.to_pylist()]
        return values(array.storage)
    if pa.types.is_struct(kind):
        fields = [texts(field) for field in array.flatten()]
        return ["(" + ",".join(row) + ")" for row in zip(*fields)]
    if pa.types.is_map(kind):
        return maps(array)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return lists(array, texts(array.values), "[", "]")
    if pa.types.is_timestamp(kind) or pa.types.is_time(kind) or pa.types.is_date(kind):
        width = pa.int32() if kind.bit_width == 32 else pa.int64()
        return [str(v) for v in array.cast(width).to_pylist()]
    return [scalar(kind, v) for v in array.to_pylist()]


def lists(array, elements, before, after):
    offsets = array.offsets.to_pylist()
    ranges = zip(offsets, offsets[1:])
    return [before + ",".join(elements[start:end]) + after for start, end in ranges]


def maps(array):
    keys, items = texts(array.keys), texts(array.items)
    offsets = array.offsets.to_pylist()
    rows = []
    for start, end in zip(offsets, offsets[1:]):
        entries = sorted(zip(keys[start:end], items[start:end]))
        rows.append("{" + ",".join(key + ":" + item for key, item in entries) + "}")
    return rows


def scalar(kind, value):
    if value is None:
        return "null"
    if pa.types.is_boolean(kind):
        return "true" if value else "false"
    if pa.types.is_float32(kind):
        return struct.pack(">f", value).hex() if value == value else "7fc00000"
    if pa.types.is_float64(kind):
        return struct.pack(">d", value).hex() if value == value else "7ff8000000000000"
    if pa.types.is_decimal(kind):
        return format(value, "f")
    if isinstance(value, str):
        return value.encode().hex()
    if isinstance(value, bytes):
        return value.hex()
    return str(value)


def from_iceberg(uri, name):
    from pyiceberg.catalog import load_catalog

    return load_catalog("lake", type="rest", uri=uri).load_table(name).scan().to_arrow()


def from_pyarrow(*files):
    import pyarrow.parquet

    return pa.concat_tables(pyarrow.parquet.ParquetFile(file).read() for file in files)


def from_duckdb(*files):
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    return connection.read_parquet(list(files)).to_arrow_table()


reader, *arguments = sys.argv[1:]
# PyIceberg 0.12 makes some null maps empty, so none of them is told from an empty one.
null_collections_are_empty = reader == "iceberg"
table = {"iceberg": from_iceberg, "pyarrow": from_pyarrow, "duckdb": from_duckdb}[reader](*arguments)
columns = [texts(column) for column in table.columns]
for row in zip(*columns):
    print("(" + ",".join(row) + ")")
