/** What the commands about alarms share. */
import type { Alarm, Alarms } from '../serve/alarm-api.ts';
import { alarmNamed } from './alarm-name.ts';
import type { ApiClient } from './context.ts';

/** The alarm that the words name. Throws `not_found` or `invalid` when that is not one. */
export async function findAlarm(words: readonly string[], client: ApiClient): Promise<Alarm> {
  const { rows } = await client.get<Alarms>('/alarms', { limit: ALARMS_MAX });
  return alarmNamed(words, rows);
}

/** The most that an answer has. */
export const ALARMS_MAX = '10000';

/** For `--help`. */
export const ALARM_ARGUMENT =
  'its id; or its definition, and labels as label=value until one alarm alone has them';

/** Who has taken it on, and whether it is silenced. */
export function markOf({ acknowledged, silences }: Alarm): string {
  const taken =
    acknowledged === null
      ? []
      : [acknowledged.author === '' ? 'acknowledged' : `ack. by ${acknowledged.author}`];
  return [...taken, ...(silences.length === 0 ? [] : ['silenced'])].join(', ');
}

/** Whether somebody has to do something about it who does not know yet. */
export function needsSomebody({ state, acknowledged, silences }: Alarm): boolean {
  return state === 'ALARM' && acknowledged === null && silences.length === 0;
}
