-- +goose Up
alter table contestant add column disabled integer not null default 0 check (disabled in (0, 1));

-- When an account last had a judging started, by the class of that; see judge.Turn.
create table turn (
    account text    not null, -- empty for the judgings that waited long in a later class
    class   integer not null check (class between 1 and 3),
    taken   integer not null,
    primary key (account, class)
) strict, without rowid;
