import type { Caller } from './company.ts';
import { mixSeeds, randomOf, seedOfText } from './random.ts';

const ID_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The unique id IAM gives the role (`AROA...`) or user (`AIDA...`): 21 characters, always the same for a name. */
export function uniqueIdOf(caller: Caller): string {
  const random = randomOf(mixSeeds(seedOfText(caller.name)));
  let id = caller.kind === 'role' ? 'AROA' : 'AIDA';
  while (id.length < 14) id += ID_LETTERS.charAt(Math.floor(random() * ID_LETTERS.length));
  return `${id}EXAMPLE`;
}
