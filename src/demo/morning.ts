import type { PlayOptions } from './exchange.ts';

/** One call of the demo's morning: which recording, how long after the one before it, and who it is about. */
export interface Scene {
  readonly recording: string;
  readonly afterMs: number;
  readonly replace: NonNullable<PlayOptions['replace']>;
}

/** Names of the recordings' phones; the office's own stand in config/people.csv. */
const office = {
  'Anna Petrova': 'Олена Коваль',
  'Boris Ivanov': 'Андрій Бондар',
  'Клара Новак': 'Марина Шевчук',
  '4951000101': '380440001000',
  '4951000102': '380440001000',
  '4951000200': '380440001000',
  '4951000300': '380440001000',
  '4951000500': '380440001000',
  '4951000900': '380440001000',
};
const from = (number: string, name: string) => ({ ...office, '79031112233': number, 'Ivan Sidorov': name });
const to = (number: string) => ({ ...office, '79161234567': number });

/** The numbers are those of config/clients.csv, one is a stranger's. */
const acme = from('380442001010', 'TOV Acme');
const cafe = from('380634003030', 'Богдан Мельник');
const plant = from('380563002020', 'Zavod Dnipro');
const olha = from('380976005050', 'Ольга');
const stranger = from('380931234567', 'Nova Linia');

/** An office morning: the first two calls at once, so that a newcomer has something in hand within ten seconds. */
export const morning: readonly Scene[] = [
  { recording: 'inbound-answered', afterMs: 300, replace: acme },
  { recording: 'inbound-missed', afterMs: 200, replace: cafe },
  { recording: 'queue-answered', afterMs: 12_000, replace: plant },
  { recording: 'attended-transfer-sip-replaces', afterMs: 15_000, replace: olha },
  { recording: 'outbound-answered', afterMs: 15_000, replace: to('380634003030') },
  { recording: 'ring-group', afterMs: 15_000, replace: stranger },
  { recording: 'inbound-withheld-anonymous', afterMs: 15_000, replace: office },
  { recording: 'hold', afterMs: 15_000, replace: acme },
  { recording: 'blind-transfer-sip-refer', afterMs: 15_000, replace: plant },
  { recording: 'voicemail-left', afterMs: 15_000, replace: olha },
];
