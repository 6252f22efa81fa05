-- Cases that share nothing with a case of the release before, and earlier cases that lead nowhere.
select
    (select count(*) from review_case where case_id not in (select case_id from became)) as opened,
    (
        select count(distinct case_id)
        from flag_before
        where case_id not in (select previous_case_id from became)
    ) as closed
