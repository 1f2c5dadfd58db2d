-- +goose Up
-- A grade has what was missed (it stood in measured), points and test groups. A value for
-- each board takes the place of two columns of times: totals of single runs, whole, and
-- what was measured, which judgings of one program share.
alter table judging
    add column missed      bigint           not null default 0 check (missed >= 0),
    add column missed_set  text collate "C" not null default '',
    add column points      double precision not null default 0,
    add column test_groups text collate "C" not null default '', -- JSON
    add column totals      text collate "C" not null default ''; -- JSON

update judging set
    missed = coalesce((measured::json #>> '{missed,tests}')::bigint, 0),
    missed_set = coalesce(measured::json #>> '{missed,set}', '')
where measured <> '';

update judging set totals = json_build_array(
    json_build_object('board', 'real', 'once', real_ns,
        'missed', coalesce((nullif(measured, '')::json #>> '{missed,real_ns}')::bigint, 0),
        'fixed', coalesce((nullif(measured, '')::json #>> '{fixed,real_ns}')::bigint, 0)),
    json_build_object('board', 'cpu', 'once', cpu_ns,
        'missed', coalesce((nullif(measured, '')::json #>> '{missed,cpu_ns}')::bigint, 0),
        'fixed', coalesce((nullif(measured, '')::json #>> '{fixed,cpu_ns}')::bigint, 0)))::text
where total > 0 and (real_ns > 0 or cpu_ns > 0 or measured <> '');

update judging set measured = case
    when measured::json #>> '{real,stop}' = '' and measured::json #>> '{real,rounds}' = '0'
        and measured::json #>> '{cpu,stop}' = '' and measured::json #>> '{cpu,rounds}' = '0' then ''
    else json_build_object('real', measured::json -> 'real', 'cpu', measured::json -> 'cpu')::text end
where measured <> '';

alter table judging drop column real_ns, drop column cpu_ns;
