-- Cuts every line at its quotes and blanks and says whether it is ordinary: exactly the three quoted fields, and every
-- other field where it belongs. The braced placeholder gives (batch_id, line_number, line).
with
  splitByChar('"', line) as quoted,
  splitByChar(' ', quoted[1]) as head,
  splitByChar(' ', quoted[3]) as middle,
  splitByChar(' ', trimRight(quoted[7])) as tail,
  {parse_time},
  parse_time(substring(head[3], 2)) as time
select
  batch_id,
  line_number,
  line,
  quoted,
  head,
  middle,
  tail,
  time,
  -- Multiplied instead of joined by `and`: the masks of short circuits cost twice what they save here.
  toBool(
    (length(quoted) = 7)
    * (length(head) = 10)
    * (length(middle) = 8)
    * (length(tail) = 2 or length(tail) >= 8)
    * (quoted[5] = ' ')
    * (head[4] = '+0000]')
    * (head[6] != '')
    * (time > 0)
    * match(quoted[3], '^ (?:[0-9]{3}|-) [^ ]+ (?:[0-9]+|-) (?:[0-9]+|-) (?:[0-9]+|-) (?:[0-9]+|-) $')
  ) as is_ordinary
from {records}
