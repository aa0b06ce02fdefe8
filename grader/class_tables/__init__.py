"""Tables of people as other programs save them: CSV of any kind, headings in six languages, class lists, names compared."""

from grader.class_tables.class_list import ClassMember, is_ladok_id, members_in
from grader.class_tables.csv_tables import CsvTable, UnreadableTable, read_csv
from grader.class_tables.headings import DEFAULT_GROUP, HIDDEN, NO, column_of, heading_key
from grader.class_tables.names import clean_name, is_mark, matching_key, name_keys, same_name, spaced_keys

__all__ = [
    "DEFAULT_GROUP",
    "HIDDEN",
    "NO",
    "ClassMember",
    "CsvTable",
    "UnreadableTable",
    "clean_name",
    "column_of",
    "heading_key",
    "is_ladok_id",
    "is_mark",
    "matching_key",
    "members_in",
    "name_keys",
    "read_csv",
    "same_name",
    "spaced_keys",
]
