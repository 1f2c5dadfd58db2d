-- +goose Up
-- What has the judging machine for itself now, so that no judging starts; see judge.Hold.
create table hold (
    id       integer primary key check (id = 1),
    holder   text    not null check (holder <> ''), -- who renews it
    what     text    not null check (what <> ''),
    progress text    not null,
    since    integer not null,
    until    integer not null, -- over by then, unless it is renewed
    ends     integer           -- probably
) strict;
