-- +goose Up
-- SHA-256 of the compiled program, by which measurements are pooled; empty for
-- what was judged before it was kept, and for what did not compile.
alter table judging add column program_hash text not null default '' check (program_hash = '' or length(program_hash) = 64);
alter table session add column program_hash text not null default '' check (program_hash = '' or length(program_hash) = 64);

create index judging_program on judging (program_hash);
create index session_program on session (program_hash, problem, problem_version, language, class);
