-- +goose Up
-- Every change is an event, written in its transaction. There is one writer and no row is
-- ever removed, so the numbers that SQLite gives have no gaps and follow the commits.
create table event (
    sequence integer primary key,
    at       integer not null,
    role     text    not null, -- of the actor
    actor    text    not null,
    through  text    not null,
    kind     text    not null,
    subject  text    not null,
    record   text    not null, -- canonical JSON
    hash     text    not null  -- SHA-256 of record
);

-- +goose StatementBegin
create trigger event_update before update on event begin
    select raise(abort, 'events are never changed');
end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger event_delete before delete on event begin
    select raise(abort, 'events are never removed');
end;
-- +goose StatementEnd
-- "insert or replace" removes a row without telling the trigger above.
-- +goose StatementBegin
create trigger event_replace before insert on event when exists (select 1 from event where sequence = new.sequence) begin
    select raise(abort, 'events are never changed');
end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger event_gap after insert on event
    when new.sequence < 1 or new.sequence > 1 and not exists (select 1 from event where sequence = new.sequence - 1) begin
    select raise(abort, 'the sequence of events has no gaps');
end;
-- +goose StatementEnd
