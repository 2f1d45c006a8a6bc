CREATE TABLE things (
    id INTEGER PRIMARY KEY,
    a_bigint BIGINT, a_blob BLOB, a_bool BOOLEAN, a_django_bool bool, a_char CHARACTER(3), a_date DATE, a_datetime DATETIME,
    a_decimal DECIMAL(10, 2), a_double DOUBLE PRECISION, a_float FLOAT, a_geometry POINT, an_int INT, a_json JSON,
    a_django_json text CHECK (JSON_VALID("a_django_json") OR "a_django_json" IS NULL), an_nvarchar NVARCHAR(160),
    a_positive "integer unsigned" CHECK ("a_positive" >= 0), a_real REAL, a_text TEXT, a_time TIME, a_timestamp TIMESTAMP,
    a_uuid char(32), a_varchar VARCHAR(20), an_unlimited_varchar VARCHAR, untyped, numeric_without_digits NUMERIC
);
