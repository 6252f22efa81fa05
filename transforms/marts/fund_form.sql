-- Legal forms of investment funds, as patterns of the written form.
select distinct pattern from fund_forms_list
