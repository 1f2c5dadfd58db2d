-- +goose Up
-- The entry that a contestant chose for the final on a problem; the last choice counts.
create table choice (
    contestant text    not null references contestant (handle),
    problem    text    not null,
    submission integer not null unique references submission (id),
    chosen_by  text    not null check (chosen_by <> ''), -- the contestant, or "the organiser"
    chosen     integer not null,
    primary key (contestant, problem)
) strict, without rowid;
