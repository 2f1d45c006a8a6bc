CREATE TABLE things (
    id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
    a_bigint bigint, a_bigint_unsigned bigint unsigned, a_binary binary(16), a_bit bit(1), a_blob blob, a_bool boolean,
    a_char char(3), a_date date, a_datetime datetime, a_precise_datetime datetime(6), a_decimal decimal(8, 2),
    a_positive_decimal decimal(8, 2) unsigned, a_double double, a_float float, an_int int, an_int_unsigned int unsigned,
    a_zerofill int(5) unsigned zerofill, a_json json, a_longblob longblob, a_longtext longtext, a_mediumblob mediumblob,
    a_mediumint mediumint, a_mediumint_unsigned mediumint unsigned, a_mediumtext mediumtext,
    mood enum('happy', 'very sad', 'so-so', 'it''s') NOT NULL DEFAULT 'so-so', a_point point, colours set('red', 'blue'),
    a_smallint smallint, a_smallint_unsigned smallint unsigned, a_text text, a_time time, a_precise_time time(6),
    a_timestamp timestamp NULL, a_tinyint tinyint, a_tinyint_unsigned tinyint unsigned, a_tinytext tinytext,
    a_uuid char(32), a_hash char(32), a_varbinary varbinary(9), a_varchar varchar(20), a_year year
);
