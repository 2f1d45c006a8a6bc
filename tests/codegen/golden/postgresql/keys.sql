-- What identifies a row, or does not.
CREATE TABLE visits (page text, hits integer);
CREATE TABLE tokens (token uuid NOT NULL UNIQUE, note text);
CREATE TABLE seats (hall integer NOT NULL, "rowNumber" integer NOT NULL, seat integer NOT NULL, UNIQUE (hall, "rowNumber", seat));
CREATE TABLE nodes (id bigint, version bigint, changed_by bigint, PRIMARY KEY (id, version));
CREATE TABLE node_tags (
    node_id bigint, version bigint, k text, v text NOT NULL DEFAULT '',
    PRIMARY KEY (node_id, version, k),
    CONSTRAINT node_tags_node FOREIGN KEY (node_id, version) REFERENCES nodes (id, version) ON DELETE CASCADE
);
CREATE TABLE lines (number serial, order_id integer NOT NULL, PRIMARY KEY (order_id, number));
CREATE TABLE jobs (uid uuid PRIMARY KEY DEFAULT gen_random_uuid(), number bigint GENERATED ALWAYS AS IDENTITY);
CREATE SEQUENCE ticket_numbers;
CREATE TABLE tickets (number integer PRIMARY KEY DEFAULT nextval('ticket_numbers'));
