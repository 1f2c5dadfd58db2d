-- +goose Up
-- What was measured, as JSON; empty for nothing. The long column is the last:
-- lists stop reading a row before it.
alter table judging add column measured       text    not null default '';
alter table judging add column class          text    not null default ''; -- of the machine it was measured on
alter table judging add column scheduling     text    not null default '';
alter table judging add column proposed       integer not null default 0   -- by a rejudging that is not applied
    check (proposed in (0, 1) and not (proposed and current));
alter table judging add column measured_tests text    not null default '';

create unique index judging_proposed on judging (submission) where proposed;
create index judging_submission on judging (submission);
create index submission_source on submission (source_hash, problem, language);

-- Raw times: rows are added, never changed or removed.
create table session (
    id              text    not null primary key check (length(id) = 32),
    judging         integer not null references judging (id),
    problem         text    not null check (problem <> ''),
    problem_version text    not null,
    language        text    not null check (language <> ''),
    source_hash     text    not null check (length(source_hash) = 64),
    class           text    not null check (class <> ''),
    scheduling      text    not null,
    final           text    not null default '',
    rounds          integer not null check (rounds >= 0),
    stop            text    not null,
    started         integer not null,
    finished        integer not null,
    data            blob    not null
) strict;

create index session_pool on session (source_hash, problem, problem_version, language, class, started);
create index session_judging on session (judging);

create table baseline (
    problem         text    not null check (problem <> ''),
    problem_version text    not null,
    class           text    not null check (class <> ''),
    frozen          integer not null,
    data            blob    not null,
    primary key (problem, problem_version, class)
) strict;

create table machine (
    class       text    not null primary key check (class <> ''),
    fingerprint text    not null, -- JSON
    first_seen  integer not null
) strict;
