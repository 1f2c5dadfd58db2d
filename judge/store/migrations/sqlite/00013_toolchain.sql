-- +goose Up
-- The compiler with its version and command that a judging was made with; empty
-- for what was judged before it was kept.
alter table judging add column toolchain text not null default '';

-- How much of the real time a run waited for a CPU that others used, as far as it
-- was looked at.
alter table run add column run_delay_ns integer not null default 0 check (run_delay_ns >= 0);
