-- One row per length of a period and month in it: month_number 0 to months - 1.
select
    lengths.month_number + 1 as months,
    numbers.month_number
from {{ ref('int_nrr__calendar') }} as lengths
inner join {{ ref('int_nrr__calendar') }} as numbers on lengths.month_number >= numbers.month_number
