-- +goose Up
-- Times are Unix nanoseconds, durations nanoseconds, sizes bytes. Zero times are null.

create table contestant (
    handle     text    not null primary key check (handle <> ''),
    folded     text    not null unique, -- the handle in lower case: no two differ by case alone
    token_hash text    unique check (token_hash <> ''),
    created    integer not null
) strict;

create table ticket (
    id          integer primary key autoincrement,
    contestant  text    not null references contestant (handle),
    problem     text    not null check (problem <> ''),
    source_hash text    not null check (length(source_hash) = 64),
    opened      integer not null,
    unique (contestant, problem, source_hash)
) strict;

create table submission (
    id          integer primary key autoincrement,
    problem     text    not null check (problem <> ''),
    contestant  text    not null references contestant (handle),
    language    text    not null check (language <> ''),
    source_hash text    not null check (length(source_hash) = 64),
    bytes       integer not null check (bytes >= 0),
    receipt     integer not null,
    ticket      integer references ticket (id),
    unique (contestant, problem, language, source_hash)
) strict;

create index submission_problem on submission (problem, id);

create table submission_file (
    submission integer not null references submission (id),
    ordinal    integer not null check (ordinal >= 1),
    name       text    not null check (name <> ''),
    sha256     text    not null check (length(sha256) = 64),
    bytes      integer not null check (bytes >= 0),
    primary key (submission, ordinal),
    unique (submission, name)
) strict, without rowid;

create table judging (
    id              integer primary key autoincrement,
    submission      integer not null references submission (id),
    current         integer not null check (current in (0, 1)), -- the judging that counts
    priority        integer not null check (priority between 1 and 4),
    state           text    not null check (state in ('queued', 'compiling', 'running', 'done')),
    reason          text    not null default '',
    epoch           integer not null check (epoch >= 1),
    due             integer not null,           -- when it may be claimed at the earliest
    lease           integer,                    -- until when its worker holds it
    failures        integer not null default 0, -- attempts that ended with an error of ours
    lost            integer not null default 0, -- attempts whose worker vanished
    problem_version text    not null default '',
    verdict         text    not null default '' check (verdict in ('', 'AC', 'WA', 'TLE', 'MLE', 'RTE', 'OLE', 'CE', 'IE')),
    first_failed    text    not null default '',
    passed          integer not null default 0 check (passed >= 0),
    total           integer not null default 0 check (total >= passed),
    timed_passed    integer not null default 0 check (timed_passed between 0 and passed),
    real_ns         integer not null default 0 check (real_ns >= 0),
    cpu_ns          integer not null default 0 check (cpu_ns >= 0),
    memory_bytes    integer not null default 0 check (memory_bytes >= 0),
    compile_ns      integer not null default 0 check (compile_ns >= 0),
    compiler_output text    not null default '',
    queued          integer not null,
    started         integer,
    finished        integer,
    check ((state = 'done') = (verdict <> '')),
    check ((state = 'done') = (finished is not null)),
    check ((state in ('compiling', 'running')) = (lease is not null))
) strict;

create unique index judging_current on judging (submission) where current;
create index judging_waiting on judging (state, priority, due, id);

create table run (
    judging      integer not null references judging (id),
    ordinal      integer not null check (ordinal >= 1),
    test_case    text    not null,
    timed        integer not null check (timed in (0, 1)),
    verdict      text    not null check (verdict in ('AC', 'WA', 'TLE', 'MLE', 'RTE', 'OLE', 'IE', '--')),
    real_ns      integer not null,
    cpu_ns       integer not null,
    memory_bytes integer not null,
    exit_status  integer not null,
    signal       integer not null,
    limit_name   text    not null,
    message      text    not null,
    primary key (judging, ordinal)
) strict, without rowid;
