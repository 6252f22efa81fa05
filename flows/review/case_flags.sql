-- Flags of the cases $ids with what each rests on. A fact is <place>.<value>: short hashes under the home's
-- $key of the field of a record, and of what it states. Editions are in neither: the same fact in a newer
-- edition is the same fact.
with flagged as (
    select f.flag_id, f.case_id, f.indicator, f.subject_id, f.subject_name, f.lane, f.explanation,
        f.explanation_nl, f.subtype,
        -- A number of days up to the release is another one each night.
        case when f.unit is distinct from 'days to the release' then f.value::varchar end as value,
        coalesce(n.rule_sha256, '') as version
    from flag f
    left join v_indicator n on n.code = f.indicator
    where f.rowid in (from rows_of('flag.case_id', $ids))
),
fact as (
    select distinct
        e.flag_id,
        substr(sha256(concat_ws(chr(10), $key, e.role, e.register, e.record, e.field)), 1, 12)
        || '.'
        || substr(
            sha256(concat_ws(chr(10), $key, e.role, e.register, e.record, e.field, coalesce(e.value, ''))),
            1,
            12
        ) as fact
    from v_evidence e
    semi join flagged using (flag_id)
),
facts as (
    select flag_id, list(fact order by fact) as facts
    from fact
    group by flag_id
)
select g.*, coalesce(facts.facts, []) as facts
from flagged g
left join facts using (flag_id)
order by g.case_id, g.flag_id
