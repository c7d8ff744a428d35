"""Writes a report of S3 Inventory as AWS lays it out, and prints its rows as JSON.

argv[1]: {"root", "source", "config", "time" (ISO), "format" (CSV, Parquet, ORC), "fields" (names of the CSV schema), "rows",
"files", "manifest" (bool), "future" (bool)}
"""

import csv
import datetime
import gzip
import hashlib
import json
import os
import sys
from urllib.parse import quote_plus

import pyarrow
import pyarrow.orc
import pyarrow.parquet

KEYS = [
    "plain.txt",
    "with space + plus %2B percent%.txt",
    "ü/日本語/😀.bin",
    'line\nbreak\tand "quotes", commas.csv',
    "\\N",
    " leading and trailing ",
    "a" * 1000,
    "'; drop table requests; --",
    "{report:String} ${x}",
]
STRING, BOOL, LONG, TIME = (pyarrow.string(), pyarrow.bool_(), pyarrow.int64(), pyarrow.timestamp("ms"))
# CSV name, name in Parquet and ORC, type, value of row i (m: it is a delete marker).
FIELDS = [
    ("Bucket", "bucket", STRING, lambda i, m: None),
    ("Key", "key", STRING, lambda i, m: f"{KEYS[i % len(KEYS)]}/{i}" if i >= len(KEYS) else KEYS[i]),
    ("VersionId", "version_id", STRING, lambda i, m: hashlib.md5(b"v%d" % i).hexdigest()),
    ("IsLatest", "is_latest", BOOL, lambda i, m: i % 3 != 0),
    ("IsDeleteMarker", "is_delete_marker", BOOL, lambda i, m: m),
    ("Size", "size", LONG, lambda i, m: None if m else i * 1_000_003),
    ("LastModifiedDate", "last_modified_date", TIME, lambda i, m: BORN + datetime.timedelta(milliseconds=i * 997)),
    ("ETag", "e_tag", STRING, lambda i, m: None if m else hashlib.md5(b"%d" % i).hexdigest() + ("-7" if i % 2 else "")),
    ("StorageClass", "storage_class", STRING, lambda i, m: None if m else ["STANDARD", "GLACIER_IR", "INTELLIGENT_TIERING"][i % 3]),
    ("IsMultipartUploaded", "is_multipart_uploaded", BOOL, lambda i, m: None if m else i % 2 == 1),
    ("ReplicationStatus", "replication_status", STRING, lambda i, m: ["PENDING", "COMPLETED", "FAILED", "REPLICA", None][i % 5]),
    ("EncryptionStatus", "encryption_status", STRING, lambda i, m: None if m else ["SSE-S3", "SSE-C", "SSE-KMS", "NOT-SSE"][i % 4]),
    ("ObjectLockRetainUntilDate", "object_lock_retain_until_date", TIME, lambda i, m: BORN + datetime.timedelta(days=400) if i % 4 == 1 else None),
    ("ObjectLockMode", "object_lock_mode", STRING, lambda i, m: "COMPLIANCE" if i % 4 == 1 else None),
    ("ObjectLockLegalHoldStatus", "object_lock_legal_hold_status", STRING, lambda i, m: ["ON", "OFF", None][i % 3]),
    ("IntelligentTieringAccessTier", "intelligent_tiering_access_tier", STRING, lambda i, m: "INFREQUENT" if i % 3 == 2 else None),
    ("BucketKeyStatus", "bucket_key_status", STRING, lambda i, m: ["ENABLED", "DISABLED"][i % 2]),
    ("ChecksumAlgorithm", "checksum_algorithm", STRING, lambda i, m: ["SHA256", None, "CRC32"][i % 3]),
]
BORN = datetime.datetime(2026, 5, 1, 23, 59, 59, 1000)


def csv_text(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime):
        return value.isoformat(timespec="milliseconds") + "Z"
    return str(value)


def write(path, form, fields, rows):
    if form == "CSV":
        with gzip.open(path, "wt", newline="", encoding="utf-8", compresslevel=1) as file:
            writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
            for row in rows:
                writer.writerow([quote_plus(row[f[0]]) if f[0] == "Key" else csv_text(row[f[0]]) for f in fields])
        return
    columns = {name: pyarrow.array([row[csv_name] for row in rows], kind) for csv_name, name, kind, _ in fields}
    table = pyarrow.table(columns)
    if form == "Parquet":
        pyarrow.parquet.write_table(table, path, compression="snappy")
    else:
        pyarrow.orc.write_table(table, path, compression="zlib")


def main():
    spec = json.loads(sys.argv[1])
    source, form, time = spec["source"], spec["format"], datetime.datetime.fromisoformat(spec["time"])
    fields = [field for field in FIELDS if field[0] in spec["fields"]]
    if spec.get("future"):
        fields.insert(3, ("ObjectAgeInYears", "object_age_in_years", LONG, lambda i, m: i))
    rows = []
    for i in range(spec["rows"]):
        marker = i % 10 == 9
        rows.append({name: source if name == "Bucket" else value(i, marker) for name, _, _, value in fields})
    config_key = f"reports/{source}/{spec['config']}"
    folder = os.path.join(spec["root"], config_key)
    stamp = time.strftime("%Y-%m-%dT%H-%MZ")
    hive = os.path.join(folder, "hive", time.strftime("dt=%Y-%m-%d-%H-%M"))
    for path in (os.path.join(folder, "data"), os.path.join(folder, stamp), hive):
        os.makedirs(path, exist_ok=True)
    ending = {"CSV": "csv.gz", "Parquet": "parquet", "ORC": "orc"}[form]
    each = -(-len(rows) // spec["files"])
    files = []
    for number in range(spec["files"]):
        name = f"data/{stamp}-{number}.{ending}"
        path = os.path.join(folder, name)
        write(path, form, fields, rows[number * each : (number + 1) * each])
        with open(path, "rb") as file:
            content = file.read()
        files.append({"key": f"{config_key}/{name}", "size": len(content), "MD5checksum": hashlib.md5(content).hexdigest()})
    schema = {
        "CSV": ", ".join(field[0] for field in fields),
        "Parquet": "message s3.inventory { required binary bucket (UTF8); required binary key (UTF8); }",
        "ORC": "struct<bucket:string,key:string>",
    }[form]
    manifest = json.dumps(
        {
            "sourceBucket": source,
            "destinationBucket": "arn:aws:s3:::reports-bucket",
            "version": "2016-11-30",
            "creationTimestamp": str(int(time.replace(tzinfo=datetime.timezone.utc).timestamp() * 1000)),
            "fileFormat": form,
            "fileSchema": schema,
            "files": files,
        },
        indent=2,
    )
    if spec["manifest"]:
        with open(os.path.join(folder, stamp, "manifest.json"), "w", encoding="utf-8") as file:
            file.write(manifest)
        with open(os.path.join(folder, stamp, "manifest.checksum"), "w", encoding="utf-8") as file:
            file.write(hashlib.md5(manifest.encode()).hexdigest() + "\n")
    with open(os.path.join(hive, "symlink.txt"), "w", encoding="utf-8") as file:
        file.write("\n".join(f"s3://reports-bucket/{file['key']}" for file in files))
    json.dump([{name: csv_text(row[name]) for name, *_ in fields} for row in rows], sys.stdout)


main()
