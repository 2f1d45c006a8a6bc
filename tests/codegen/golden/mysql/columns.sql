CREATE TABLE items (
    id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY COMMENT 'The "number"',
    name varchar(40) COLLATE utf8mb4_bin NOT NULL DEFAULT 'it''s \\new',
    price decimal(8, 2) NOT NULL DEFAULT 9.90,
    amount int NOT NULL DEFAULT -1,
    is_on boolean NOT NULL DEFAULT true,
    made_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    changed_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    kind varchar(10) NOT NULL CHECK (kind IN ('a', 'b')),
    total decimal(12, 2) GENERATED ALWAYS AS (price * amount) STORED,
    shout varchar(40) GENERATED ALWAYS AS (upper(name)) VIRTUAL,
    KEY by_price (price, amount),
    KEY by_prefix (name(5)),
    FULLTEXT KEY by_words (name),
    UNIQUE KEY once (name, kind),
    CONSTRAINT positive CHECK (price > 0 AND amount < 100)
) COMMENT 'What we sell';
CREATE TABLE item_notes (
    item_id bigint NOT NULL,
    number int NOT NULL,
    KEY by_price (number, item_id),
    PRIMARY KEY (item_id, number),
    CONSTRAINT note_item FOREIGN KEY (item_id) REFERENCES items (id) ON DELETE CASCADE ON UPDATE CASCADE
);
