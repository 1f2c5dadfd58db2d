-- +goose Up
-- A grade has what was missed (it stood in measured), points and test groups. A value for
-- each board takes the place of two columns of times: totals of single runs, whole, and
-- what was measured, which judgings of one program share.
alter table judging add column missed      integer not null default 0 check (missed >= 0);
alter table judging add column missed_set  text    not null default '';
alter table judging add column points      real    not null default 0;
alter table judging add column test_groups text    not null default ''; -- JSON
alter table judging add column totals      text    not null default ''; -- JSON

update judging set
    missed = coalesce(json_extract(nullif(measured, ''), '$.missed.tests'), 0),
    missed_set = coalesce(json_extract(nullif(measured, ''), '$.missed.set'), '');

update judging set totals = json_array(
    json_object('board', 'real', 'once', real_ns,
        'missed', coalesce(json_extract(nullif(measured, ''), '$.missed.real_ns'), 0),
        'fixed', coalesce(json_extract(nullif(measured, ''), '$.fixed.real_ns'), 0)),
    json_object('board', 'cpu', 'once', cpu_ns,
        'missed', coalesce(json_extract(nullif(measured, ''), '$.missed.cpu_ns'), 0),
        'fixed', coalesce(json_extract(nullif(measured, ''), '$.fixed.cpu_ns'), 0)))
where total > 0 and (real_ns > 0 or cpu_ns > 0 or measured <> '');

update judging set measured = json_remove(measured, '$.missed', '$.fixed') where measured <> '';
update judging set measured = '' where measured <> ''
    and json_extract(measured, '$.real.stop') = '' and json_extract(measured, '$.real.rounds') = 0
    and json_extract(measured, '$.cpu.stop') = '' and json_extract(measured, '$.cpu.rounds') = 0;

alter table judging drop column real_ns;
alter table judging drop column cpu_ns;
