import type * as api from '../../../src/serve/alarm-api.ts';

/** What the API answers about alarms. */
type Answered<Shape extends { readonly _output: unknown }> = Shape['_output'];

export type Alarms = Answered<typeof api.Alarms>;
export type Alarm = Alarms['rows'][number];
export type AlarmState = Alarm['state'];
export type AlarmSeverity = Alarm['severity'];
export type AlarmDetail = Answered<typeof api.AlarmDetail>;
export type AlarmTransitions = Answered<typeof api.Transitions>;
export type AlarmTransition = AlarmTransitions['rows'][number];
export type AlarmDefinition = Answered<typeof api.Definition>;
export type Silences = Answered<typeof api.Silences>;
export type Silence = Silences['rows'][number];
export type AlarmMatcher = Answered<typeof api.Matcher>;
export type AlarmSaid = Answered<typeof api.Said>;
