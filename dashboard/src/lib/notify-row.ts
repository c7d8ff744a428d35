import type * as api from '../../../src/serve/notify-api.ts';

/** What the API answers about notifications. */
export type Deliveries = api.Notifications;
export type Delivery = Deliveries['rows'][number];
export type NotifyChannels = api.NotifyChannels;
export type NotifyChannel = NotifyChannels['rows'][number];
export type NotifyTargets = api.NotifyTargets;
export type NotifyTarget = NotifyTargets['rows'][number];
