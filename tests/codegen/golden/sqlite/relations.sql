CREATE TABLE users (id integer NOT NULL PRIMARY KEY AUTOINCREMENT);
CREATE TABLE posts (
    id integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id bigint NOT NULL REFERENCES users (id),
    reviewer_id bigint REFERENCES users (id),
    parent_id bigint REFERENCES posts (id)
);
CREATE INDEX posts_user_id ON posts (user_id);
CREATE TABLE tags (id integer NOT NULL PRIMARY KEY AUTOINCREMENT);
CREATE TABLE posts_tags (
    id integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    post_id bigint NOT NULL REFERENCES posts (id),
    tag_id bigint NOT NULL REFERENCES tags (id),
    UNIQUE (post_id, tag_id)
);
