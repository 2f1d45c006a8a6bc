-- Names that Python or Django would not have.
CREATE TABLE "OrderDetails" (
    "OrderID" integer NOT NULL,
    "unitPrice" numeric(8, 2) NOT NULL,
    "zip code" text,
    "class" text,
    "save" text,
    "objects" text,
    "pk" text,
    "2fa" boolean,
    "a__b" integer,
    "a_b" integer,
    "trailing_" integer,
    "models" text,
    "ключ" text,
    id integer,
    PRIMARY KEY ("OrderID")
);
CREATE TABLE order_details (order_detail integer PRIMARY KEY);
CREATE TABLE "index" (id bigint PRIMARY KEY);
CREATE TABLE categories (id bigint PRIMARY KEY);
CREATE TABLE "user data" (id bigint PRIMARY KEY);
