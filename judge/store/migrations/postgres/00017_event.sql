-- +goose Up
-- Every change is an event, written in its transaction.
create table event (
    sequence bigint           primary key,
    at       bigint           not null,
    role     text collate "C" not null, -- of the actor
    actor    text collate "C" not null,
    through  text collate "C" not null,
    kind     text collate "C" not null,
    subject  text collate "C" not null,
    record   text collate "C" not null, -- canonical JSON
    hash     text collate "C" not null  -- SHA-256 of record
);

-- The number of the last event. Who writes an event holds this row until the commit, so
-- numbers follow the commits, and a transaction that is rolled back gives its number back.
-- An identity column does neither.
create table event_head (
    id       bigint primary key check (id = 1),
    sequence bigint not null
);
insert into event_head (id, sequence) values (1, 0);

-- +goose StatementBegin
create function event_append() returns trigger language plpgsql as $$
begin
    update event_head set sequence = sequence + 1 returning sequence into strict new.sequence;
    return new;
end $$;
-- +goose StatementEnd
create trigger event_append before insert on event for each row execute function event_append();

-- +goose StatementBegin
create function event_keep() returns trigger language plpgsql as $$
begin
    raise exception 'events are never changed or removed';
end $$;
-- +goose StatementEnd
create trigger event_keep before update or delete or truncate on event for each statement execute function event_keep();
create trigger event_keep before insert or delete or truncate on event_head for each statement execute function event_keep();

-- +goose StatementBegin
create function event_count() returns trigger language plpgsql as $$
begin
    if new.sequence <> old.sequence + 1 then
        raise exception 'the sequence of events has no gaps';
    end if;
    return new;
end $$;
-- +goose StatementEnd
create trigger event_count before update on event_head for each row execute function event_count();
