-- +goose Up
-- Runs of the suite of cheats: rows are added, never changed or removed. The
-- last one of a class counts.
create table cheats (
    class    text    not null check (class <> ''),
    finished integer not null,
    data     text    not null, -- JSON
    primary key (class, finished)
) strict;
