-- +goose Up
-- What the problem's own output validator has to say to the contestant.
alter table run add column team_message text not null default '';
