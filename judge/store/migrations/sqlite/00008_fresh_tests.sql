-- +goose Up
alter table final add column fresh text not null default ''; -- the tests that were made for it, as JSON; empty for those of the problem
