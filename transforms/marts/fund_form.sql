-- Legal forms of investment funds, as patterns of what a record writes.
select distinct pattern from fund_forms_list
