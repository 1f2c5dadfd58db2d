-- +goose Up
-- What was measured, as JSON; empty for nothing.
alter table judging
    add column measured       text collate "C" not null default '',
    add column class          text collate "C" not null default '', -- of the machine it was measured on
    add column scheduling     text collate "C" not null default '',
    add column proposed       boolean not null default false        -- by a rejudging that is not applied
        check (not (proposed and current)),
    add column measured_tests text collate "C" not null default '';

create unique index judging_proposed on judging (submission) where proposed;
create index judging_submission on judging (submission);
create index submission_source on submission (source_hash, problem, language);

-- Raw times: rows are added, never changed or removed.
create table session (
    id              text collate "C" not null primary key check (length(id) = 32),
    judging         bigint not null references judging (id),
    problem         text collate "C" not null check (problem <> ''),
    problem_version text collate "C" not null,
    language        text collate "C" not null check (language <> ''),
    source_hash     text collate "C" not null check (length(source_hash) = 64),
    class           text collate "C" not null check (class <> ''),
    scheduling      text collate "C" not null,
    final           text collate "C" not null default '',
    rounds          bigint not null check (rounds >= 0),
    stop            text collate "C" not null,
    started         bigint not null,
    finished        bigint not null,
    data            bytea not null
);

create index session_pool on session (source_hash, problem, problem_version, language, class, started);
create index session_judging on session (judging);

create table baseline (
    problem         text collate "C" not null check (problem <> ''),
    problem_version text collate "C" not null,
    class           text collate "C" not null check (class <> ''),
    frozen          bigint not null,
    data            bytea not null,
    primary key (problem, problem_version, class)
);

create table machine (
    class       text collate "C" not null primary key check (class <> ''),
    fingerprint text collate "C" not null, -- JSON
    first_seen  bigint not null
);
