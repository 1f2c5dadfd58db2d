-- +goose Up
create table final (
    id              integer not null primary key autoincrement,
    problem         text    not null check (problem <> ''),
    problem_version text    not null,
    board           text    not null check (board <> ''),
    name            text    not null check (name <> ''),
    seed            text    not null check (length(seed) = 32),
    practice        integer not null check (practice in (0, 1)),
    prizes          integer not null check (prizes > 0),
    max_rounds      integer not null check (max_rounds > 0),
    finalists       text    not null, -- JSON
    tests           text    not null, -- JSON
    class           text    not null check (class <> ''),
    scheduling      text    not null,
    started         integer not null,
    finished        integer,          -- null while it goes on
    standing        text    not null default '', -- JSON
    unique (problem, board, name)
) strict;

-- Raw times: rows are added, never changed or removed.
create table final_round (
    final    integer not null references final (id),
    number   integer not null check (number > 0),
    started  integer not null,
    finished integer not null,
    data     blob    not null,
    primary key (final, number)
) strict;
