CREATE TABLE items (
    code TEXT PRIMARY KEY,
    name varchar(40) COLLATE NOCASE NOT NULL DEFAULT 'it''s new',
    price decimal(8, 2) NOT NULL DEFAULT 9.90,
    amount integer NOT NULL DEFAULT -1,
    is_on bool NOT NULL DEFAULT 1,
    made_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
    percent text DEFAULT '100%',
    kind varchar(10) NOT NULL CHECK (kind IN ('a', 'b')),
    total decimal(12, 2) GENERATED ALWAYS AS (price * amount) STORED,
    shout text AS (upper(name) || '%'),
    UNIQUE (name, kind),
    CONSTRAINT few CHECK (amount < 100 AND amount > -2),
    CHECK (name GLOB 'a*' OR [kind] = 'b')
);
CREATE UNIQUE INDEX one_on ON items (is_on) WHERE is_on = 1;
CREATE INDEX by_price ON items (price DESC, amount);
CREATE INDEX by_length ON items (length(name));
CREATE TABLE "item notes" (
    item_id TEXT NOT NULL REFERENCES items ON DELETE CASCADE,
    "number" INTEGER NOT NULL,
    missing_id INTEGER REFERENCES nowhere (id),
    PRIMARY KEY (item_id, "number")
) WITHOUT ROWID;
CREATE TABLE nameless (id INTEGER PRIMARY KEY, "" text, "*" text);
