-- +goose Up
-- Why ranks are for practice: this contest is judged, or was, on a machine that
-- is not fit for an official one.
create table degraded (
    id    integer not null primary key check (id = 1), -- one row, or none
    since integer not null,
    why   text    not null check (why <> '')
) strict;
