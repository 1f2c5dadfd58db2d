-- +goose Up
alter table final add column degraded text not null default ''; -- what the machine that timed it lacked
