-- +goose Up
-- Runs of the suite of cheats: rows are added, never changed or removed. The
-- last one of a class counts.
create table cheats (
    class    text collate "C" not null check (class <> ''),
    finished bigint not null,
    data     text not null, -- JSON
    primary key (class, finished)
);
