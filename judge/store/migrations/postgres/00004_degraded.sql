-- +goose Up
-- Why ranks are for practice: this contest is judged, or was, on a machine that
-- is not fit for an official one.
create table degraded (
    id    bigint not null primary key check (id = 1), -- one row, or none
    since bigint not null,
    why   text collate "C" not null check (why <> '')
);
