-- +goose Up
alter table contestant add column disabled boolean not null default false;

-- When an account last had a judging started, by the class of that; see judge.Turn.
create table turn (
    account text collate "C" not null, -- empty for the judgings that waited long in a later class
    class   bigint not null check (class between 1 and 3),
    taken   bigint not null,
    primary key (account, class)
);
