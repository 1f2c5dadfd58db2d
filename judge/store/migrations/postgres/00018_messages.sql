-- +goose Up
-- What the problem's own output validator has to say to the contestant, and to the
-- organiser alone.
alter table run add column team_message text not null default '';
alter table run add column judge_message text not null default '';
